// Scalable streams through the real router: what a receiver decodes while its path narrows and
// widens, by the descriptors that it gets and the references of each frame.
#include <gtest/gtest.h>

#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

struct Stream {
  const char* name;
  router::CodecName codec;
  wire::SvcMode mode;
};

// At 30 pictures in a second about 115, 325 and 900 kbps, each with three temporal layers.
const std::vector<size_t> kFrameBytes = {700, 2000, 5500};

class ShardSvc : public ::testing::TestWithParam<Stream> {
 protected:
  ShardSvc() {
    JoinOptions options = Options();
    options.encoder_restart = Duration::Millis(800);
    publisher_ = harness_.Join(options);
    harness_.world.RunFor(Duration::Seconds(1));
  }
  static JoinOptions Options() {
    JoinOptions options;
    options.microphone = false;
    options.video_codec = GetParam().codec;
    options.pace = {
        .video = Duration::Micros(33'333), .frame_bytes = kFrameBytes, .svc = GetParam().mode};
    options.transport_cc = true;
    return options;
  }
  Joined View(uint16_t height_px, int64_t kbps) {
    JoinOptions options = Options();
    options.camera = false;
    options.downlink.capacity = DataRate::Kbps(kbps);
    const Joined viewer = harness_.Join(options);
    Show(viewer, height_px);
    return viewer;
  }
  void Show(const Joined& viewer, uint16_t height_px) {
    harness_.SetLayout(viewer, {{.track = publisher_.camera, .height_px = height_px}});
  }
  FakeTrack& Camera() { return harness_.media(publisher_).track(publisher_.camera); }
  const SlotReceiver* Slot(const Joined& viewer) {
    return harness_.SlotOf(viewer, publisher_.camera);
  }
  int LayerAt(const Joined& viewer) {
    const SlotReceiver* slot = Slot(viewer);
    return slot && slot->stats().frames_decoded > 0 ? slot->current_layer() : -1;
  }
  Duration TimeToLayer(const Joined& viewer, int layer, Duration limit) {
    const Instant start = harness_.world.now();
    while (harness_.world.now() - start < limit && LayerAt(viewer) != layer) {
      harness_.world.RunFor(Duration::Millis(10));
    }
    return harness_.world.now() - start;
  }
  double PicturesPerSecond(const Joined& viewer, Duration time) {
    const uint64_t before = Slot(viewer)->stats().frames_decoded;
    harness_.world.RunFor(time);
    const auto pictures = static_cast<double>(Slot(viewer)->stats().frames_decoded - before);
    return pictures * 1e6 / static_cast<double>(time.us());
  }
  DataRate UplinkRate(Duration time) {
    const uint64_t before = Camera().bytes_sent();
    harness_.world.RunFor(time);
    return DataRate::Of(static_cast<int64_t>(Camera().bytes_sent() - before), time);
  }
  void ExpectNothingBroken(const Joined& viewer) {
    EXPECT_EQ(Slot(viewer)->stats().broken_frames, 0u);
    EXPECT_EQ(Slot(viewer)->stats().wrong_source, 0u);
    EXPECT_EQ(Slot(viewer)->stats().timestamp_errors, 0u);
  }

  ShardHarness harness_;
  Joined publisher_;
};

INSTANTIATE_TEST_SUITE_P(Streams, ShardSvc,
                         ::testing::Values(Stream{"Av1", router::CodecName::kAv1, {3, 3, false}},
                                           Stream{
                                               "Vp9KeySvc", router::CodecName::kVp9, {3, 3, true}}),
                         [](const auto& stream) { return stream.param.name; });

TEST_P(ShardSvc, APathThatNarrowsAndWidensIsFollowed) {
  const Joined viewer = View(720, 4000);
  EXPECT_LT(TimeToLayer(viewer, 2, Duration::Seconds(5)), Duration::Millis(600));
  EXPECT_NEAR(PicturesPerSecond(viewer, Duration::Seconds(5)), 30, 1);
  harness_.SetDownlink(viewer, {.capacity = DataRate::Kbps(250)});
  EXPECT_LT(TimeToLayer(viewer, 0, Duration::Seconds(10)), Duration::Seconds(2));
  harness_.world.RunFor(Duration::Seconds(10));
  EXPECT_GT(PicturesPerSecond(viewer, Duration::Seconds(5)), 13)
      << "all of the lowest layer fits, or half of the middle one's pictures";
  harness_.SetDownlink(viewer, {.capacity = DataRate::Kbps(4000)});
  EXPECT_LT(TimeToLayer(viewer, 2, Duration::Seconds(20)), Duration::Seconds(10));
  // Its lines come first, then all of its pictures.
  harness_.world.RunFor(Duration::Seconds(2));
  EXPECT_NEAR(PicturesPerSecond(viewer, Duration::Seconds(5)), 30, 1);
  EXPECT_LT(Slot(viewer)->stats().longest_gap, Duration::Millis(1500));
  ExpectNothingBroken(viewer);
}

TEST_P(ShardSvc, FramesAreLeftOutBeforeLines) {
  const Joined viewer = View(720, 4000);
  harness_.world.RunFor(Duration::Seconds(3));
  // Not enough for all frames of the highest layer, and for more than all of the middle one's.
  const int64_t kbps = GetParam().mode.key_only ? 900 : 1200;
  harness_.SetDownlink(viewer, {.capacity = DataRate::Kbps(kbps)});
  // What the queue lost at the drop is repaired by then.
  harness_.world.RunFor(Duration::Seconds(10));
  const uint64_t key_frames = Camera().key_frames();
  EXPECT_EQ(LayerAt(viewer), 2);
  EXPECT_NEAR(PicturesPerSecond(viewer, Duration::Seconds(10)), 15, 4);
  EXPECT_EQ(LayerAt(viewer), 2);
  EXPECT_EQ(Camera().key_frames(), key_frames) << "nobody needs one for that";
  ExpectNothingBroken(viewer);
}

TEST_P(ShardSvc, LayersThatNobodyWatchesAreNotSentAndComeBackSoon) {
  const Joined viewer = View(180, 4000);
  harness_.world.RunFor(Duration::Seconds(8));
  EXPECT_EQ(harness_.layers_wanted.at(publisher_.camera).height_px, 180);
  EXPECT_LT(UplinkRate(Duration::Seconds(3)), DataRate::Kbps(140));
  EXPECT_EQ(LayerAt(viewer), 0);
  Show(viewer, 720);
  EXPECT_LT(TimeToLayer(viewer, 2, Duration::Seconds(5)), Duration::Millis(1500));
  EXPECT_LT(Slot(viewer)->stats().longest_gap, Duration::Millis(300))
      << "the small picture goes on until then";
  harness_.SetLayout(viewer, {});
  harness_.world.RunFor(Duration::Seconds(8));
  EXPECT_EQ(UplinkRate(Duration::Seconds(3)), DataRate());
  Show(viewer, 720);
  EXPECT_LT(TimeToLayer(viewer, 2, Duration::Seconds(5)), Duration::Millis(1500));
  ExpectNothingBroken(viewer);
}

TEST_P(ShardSvc, WhoJoinsLateSeesTheRightLayerAtOnceAndAskForOneKeyFrame) {
  const Joined large = View(720, 4000);
  harness_.world.RunFor(Duration::Seconds(8));
  const uint64_t key_frames = Camera().key_frames();
  const Joined small = View(180, 4000);
  EXPECT_LT(TimeToLayer(small, 0, Duration::Seconds(5)), Duration::Millis(600));
  harness_.world.RunFor(Duration::Seconds(2));
  EXPECT_EQ(Camera().key_frames() - key_frames, 1u);
  Show(small, 720);
  EXPECT_LT(TimeToLayer(small, 2, Duration::Seconds(5)), Duration::Millis(400))
      << "the layer is being sent";
  harness_.world.RunFor(Duration::Seconds(2));
  EXPECT_LE(Camera().key_frames() - key_frames, 2u);
  ExpectNothingBroken(large);
  ExpectNothingBroken(small);
}

TEST_P(ShardSvc, AQueueLosesUpperTemporalLayersFirst) {
  const Joined viewer = View(720, 4000);
  harness_.world.RunFor(Duration::Seconds(5));
  harness_.SetDownlink(viewer, {.capacity = DataRate::Kbps(700)});
  harness_.world.RunFor(Duration::Seconds(4));
  // What is late is left out, and what is shown never stands still.
  EXPECT_LT(Slot(viewer)->stats().longest_gap, Duration::Millis(800));
  EXPECT_GT(PicturesPerSecond(viewer, Duration::Seconds(4)), 7);
  ExpectNothingBroken(viewer);
}

}  // namespace
}  // namespace conclave::sim
