// Only what is watched is sent: which encodings publishers are asked for, and how soon a picture is
// there that nobody had wanted before.
#include <gtest/gtest.h>

#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

const FakePace kPace = {.video = Duration::Millis(33), .packets_per_frame = 2};
// A browser has stopped what it was told to, and the estimate of who watches has settled.
constexpr Duration kSettled = Duration::Seconds(7);

JoinOptions Publisher() {
  JoinOptions options;
  options.pace = kPace;
  options.encoder_restart = Duration::Millis(800);
  return options;
}

JoinOptions Viewer() {
  JoinOptions options;
  options.microphone = options.camera = false;
  options.transport_cc = true;
  options.downlink.capacity = DataRate::Kbps(10'000);
  return options;
}

class ShardWanted : public ::testing::Test {
 protected:
  void Publish(const JoinOptions& options = Publisher()) {
    publisher_ = harness_.Join(options);
    harness_.world.RunFor(Duration::Seconds(1));
    harness_.media(publisher_).track(publisher_.microphone).set_level(20);
  }
  Joined View(uint16_t height_px) {
    const Joined viewer = harness_.Join(Viewer());
    Show(viewer, height_px);
    return viewer;
  }
  void Show(const Joined& viewer, uint16_t height_px) {
    harness_.SetLayout(viewer, {{.track = publisher_.camera, .height_px = height_px}});
  }
  FakeTrack& Camera() { return harness_.media(publisher_).track(publisher_.camera); }
  // How much the camera costs its publisher.
  uint64_t BytesIn(Duration time) {
    const uint64_t before = Camera().bytes_sent();
    harness_.world.RunFor(time);
    return Camera().bytes_sent() - before;
  }
  unsigned Asked() { return harness_.layers_wanted.at(publisher_.camera).encodings; }
  const SlotReceiverStats& Video(const Joined& viewer) {
    return harness_.SlotOf(viewer, publisher_.camera)->stats();
  }
  uint64_t Frames(const Joined& viewer) {
    const SlotReceiver* slot = harness_.SlotOf(viewer, publisher_.camera);
    return slot ? slot->stats().frames_decoded : 0;
  }
  // Until the viewer has decoded a frame more; at most `limit`.
  Duration TimeToPicture(const Joined& viewer, Duration limit) {
    const Instant start = harness_.world.now();
    const uint64_t before = Frames(viewer);
    while (harness_.world.now() - start < limit && Frames(viewer) <= before) {
      harness_.world.RunFor(Duration::Millis(10));
    }
    return harness_.world.now() - start;
  }
  Duration TimeToLayer(const Joined& viewer, int layer, Duration limit) {
    const Instant start = harness_.world.now();
    while (harness_.world.now() - start < limit &&
           harness_.SlotOf(viewer, publisher_.camera)->current_layer() != layer) {
      harness_.world.RunFor(Duration::Millis(10));
    }
    return harness_.world.now() - start;
  }

  ShardHarness harness_;
  Joined publisher_;
};

TEST_F(ShardWanted, WhoIsAloneSendsNoVideoAndIsSeenSoonByWhoComes) {
  Publish();
  EXPECT_GT(BytesIn(Duration::Seconds(1)), 0u);
  harness_.world.RunFor(kSettled);
  EXPECT_EQ(BytesIn(Duration::Seconds(5)), 0u);
  const Joined viewer = View(720);
  harness_.world.RunFor(Duration::Millis(200));
  EXPECT_LT(TimeToPicture(viewer, Duration::Seconds(5)), Duration::Millis(1500));
  EXPECT_LT(TimeToLayer(viewer, 2, Duration::Seconds(5)), Duration::Millis(1500));
}

TEST_F(ShardWanted, WhoseMediaIsOnItsWayIsWaitedForByAnEncoder) {
  Publish();
  harness_.world.RunFor(kSettled);
  JoinOptions options = Viewer();
  options.connects = false;
  Joined viewer = harness_.Join(options);
  harness_.world.RunFor(Duration::Seconds(1));
  EXPECT_EQ(Asked(), 0b011u) << "before its layout is known: a middle layer";
  harness_.Connect(viewer);
  EXPECT_LT(TimeToPicture(viewer, Duration::Seconds(5)), Duration::Millis(400));
}

TEST_F(ShardWanted, ATileThatGrowsKeepsItsPictureUntilTheLargerOneComes) {
  Publish();
  const Joined viewer = View(180);
  harness_.world.RunFor(kSettled);
  EXPECT_EQ(Asked(), 0b001u);
  EXPECT_EQ(harness_.layers_wanted.at(publisher_.camera).height_px, 180);
  Show(viewer, 720);
  EXPECT_LT(TimeToLayer(viewer, 2, Duration::Seconds(5)), Duration::Millis(1500));
  harness_.world.RunFor(kSettled);
  EXPECT_EQ(Asked(), 0b101u) << "the lowest stays, to fall to";
  EXPECT_LT(Video(viewer).longest_gap, Duration::Millis(300));
  EXPECT_EQ(Video(viewer).broken_frames, 0u);
}

TEST_F(ShardWanted, AnUpgradeToWhatAnotherSeesIsThereAtOnce) {
  Publish();
  const Joined large = View(720);
  const Joined small = View(180);
  harness_.world.RunFor(kSettled);
  ASSERT_EQ(Asked(), 0b101u);
  Show(small, 720);
  EXPECT_LT(TimeToLayer(small, 2, Duration::Seconds(5)), Duration::Millis(400));
  EXPECT_GT(Frames(large), 0u);
}

TEST_F(ShardWanted, AHiddenTabCostsNothingAndIsBackSoon) {
  Publish();
  const Joined viewer = View(360);
  harness_.world.RunFor(kSettled);
  ASSERT_EQ(Asked(), 0b011u);
  harness_.SetLayout(viewer, {});
  harness_.world.RunFor(Duration::Seconds(6));
  EXPECT_EQ(Asked(), 0u);
  EXPECT_EQ(BytesIn(Duration::Seconds(5)), 0u);
  EXPECT_LT(harness_.SlotOf(viewer, publisher_.microphone)->stats().longest_gap,
            Duration::Millis(250))
      << "audio is not touched";
  Show(viewer, 360);
  EXPECT_LT(TimeToPicture(viewer, Duration::Seconds(5)), Duration::Millis(1500));
}

TEST_F(ShardWanted, PagingToAndFroSwitchesNothing) {
  Publish();
  const Joined viewer = View(360);
  harness_.world.RunFor(kSettled);
  const uint64_t key_frames = Camera().key_frames();
  for (int i = 0; i < 5; ++i) {
    harness_.SetLayout(viewer, {});
    harness_.world.RunFor(Duration::Seconds(2));
    Show(viewer, 360);
    harness_.world.RunFor(Duration::Seconds(2));
    EXPECT_EQ(Asked(), 0b011u);
  }
  EXPECT_LE(Camera().key_frames() - key_frames, 10u);
}

TEST_F(ShardWanted, ALinkThatFallsFindsTheLowestLayer) {
  Publish();
  const Joined viewer = View(720);
  harness_.world.RunFor(kSettled);
  ASSERT_EQ(Asked(), 0b101u);
  harness_.SetDownlink(viewer, {.capacity = DataRate::Kbps(200)});
  EXPECT_LT(TimeToLayer(viewer, 0, Duration::Seconds(10)), Duration::Seconds(2));
  harness_.world.RunFor(kSettled);
  EXPECT_EQ(Asked() & 0b100u, 0u) << "nobody gets it any more";
  EXPECT_LT(Video(viewer).longest_gap, Duration::Millis(1500));
}

TEST_F(ShardWanted, AClientThatDoesNotFollowIsWatchedAllTheSame) {
  JoinOptions options = Publisher();
  options.follows_wanted = false;
  Publish(options);
  harness_.world.RunFor(kSettled);
  const Joined viewer = View(720);
  harness_.world.RunFor(Duration::Millis(200));
  EXPECT_LT(TimeToLayer(viewer, 2, Duration::Seconds(5)), Duration::Millis(500));
}

TEST_F(ShardWanted, ALayerThatDoesNotComeIsDoneWithout) {
  Publish();
  const Joined viewer = View(180);
  harness_.world.RunFor(kSettled);
  Camera().set_active_layers(2);
  Show(viewer, 720);
  EXPECT_LT(TimeToLayer(viewer, 1, Duration::Seconds(10)), Duration::Millis(5500));
  harness_.world.RunFor(kSettled);
  EXPECT_EQ(Asked(), 0b111u) << "it may still come";
  EXPECT_LT(Video(viewer).longest_gap, Duration::Millis(300));
  Camera().set_active_layers(3);
  EXPECT_LT(TimeToLayer(viewer, 2, Duration::Seconds(10)), Duration::Seconds(2));
}

TEST_F(ShardWanted, AMutedCameraIsNotLateWhenItComesBack) {
  Publish();
  const Joined viewer = View(720);
  harness_.world.RunFor(kSettled);
  const unsigned asked = Asked();
  Camera().set_muted(true);
  harness_.Mute(publisher_.camera, true);
  harness_.world.RunFor(Duration::Seconds(20));
  EXPECT_EQ(Asked(), asked);
  Camera().set_muted(false);
  Camera().Start(harness_.world.now());
  harness_.Mute(publisher_.camera, false);
  EXPECT_LT(TimeToPicture(viewer, Duration::Seconds(5)), Duration::Millis(600));
}

}  // namespace
}  // namespace conclave::sim
