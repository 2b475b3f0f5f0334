// What leaves for a receiver leaves no faster than its path carries it: key frames are spread,
// audio goes around them, and what is too old to be seen is not sent.
#include <gtest/gtest.h>

#include <deque>

#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

// On the wire some 960 kbps of the top layer; a key frame of it has 39 kB.
const FakePace kPace = {
    .video = Duration::Millis(33), .packets_per_frame = 6, .packets_per_key_frame = 60};
constexpr DataRate kCapacity = DataRate::Kbps(2500);

JoinOptions Publisher() {
  JoinOptions options;
  options.pace = kPace;
  return options;
}

JoinOptions Viewer(const LinkQuality& link) {
  JoinOptions options;
  options.microphone = options.camera = false;
  options.transport_cc = true;
  options.downlink = link;
  return options;
}

// The most that left for one address within 20 ms.
class Bursts {
 public:
  Bursts(World& world, const SocketAddress& of) {
    world.on_server_datagram = [this, &world, of](const SocketAddress& to, auto bytes) {
      if (to == of) Add(world.now(), bytes.size());
    };
  }
  void Reset() { most_ = 0; }
  size_t most() const { return most_; }

 private:
  void Add(Instant now, size_t bytes) {
    sent_.push_back({now, bytes});
    sum_ += bytes;
    for (; now - sent_.front().first >= Duration::Millis(20); sent_.pop_front()) {
      sum_ -= sent_.front().second;
    }
    most_ = std::max(most_, sum_);
  }
  std::deque<std::pair<Instant, size_t>> sent_;
  size_t sum_ = 0;
  size_t most_ = 0;
};

class ShardPacing : public ::testing::Test {
 protected:
  ShardPacing() {
    harness_.world.RunFor(Duration::Seconds(3));
    harness_.media(publisher_).track(publisher_.microphone).set_level(20);
  }
  Joined View(const LinkQuality& link) {
    const Joined viewer = harness_.Join(Viewer(link));
    harness_.SetLayout(viewer, {{.track = publisher_.camera, .height_px = 720, .on_stage = true}});
    return viewer;
  }
  const SlotReceiverStats& Video(const Joined& viewer) {
    return harness_.SlotOf(viewer, publisher_.camera)->stats();
  }
  const SlotReceiverStats& Audio(const Joined& viewer) {
    return harness_.SlotOf(viewer, publisher_.microphone)->stats();
  }
  void KeyFrame() {
    FakeTrack& camera = harness_.media(publisher_).track(publisher_.camera);
    for (size_t layer = 0; layer < camera.layer_count(); ++layer) {
      camera.OnKeyFrameRequest(camera.ssrc(layer));
    }
  }

  ShardHarness harness_;
  const Joined publisher_ = harness_.Join(Publisher());
};

TEST_F(ShardPacing, AKeyFrameIsSpreadOverTimeAndNothingOfItIsLost) {
  // The path's queue holds less than half of the key frame.
  const Joined viewer = View({.capacity = kCapacity, .queue = Duration::Millis(60)});
  harness_.world.RunFor(Duration::Seconds(8));
  ASSERT_EQ(harness_.SlotOf(viewer, publisher_.camera)->current_layer(), 2);
  Bursts bursts(harness_.world, harness_.world.AddressOf(viewer.client));
  const uint64_t lost = harness_.world.network().lost();
  const uint64_t keys = Video(viewer).key_frames_decoded;
  for (int i = 0; i < 5; ++i) {
    KeyFrame();
    harness_.world.RunFor(Duration::Seconds(2));
  }
  EXPECT_EQ(Video(viewer).key_frames_decoded - keys, 5u);
  EXPECT_EQ(harness_.world.network().lost(), lost);
  // 20 ms at 2.5 Mbps are 6250 bytes.
  EXPECT_LT(bursts.most(), 12'000u);
  EXPECT_EQ(Video(viewer).broken_frames, 0u);
  harness_.world.on_server_datagram = nullptr;
}

TEST_F(ShardPacing, AudioIsNotHeldUpByAKeyFrame) {
  const Joined viewer = View({.capacity = kCapacity});
  harness_.world.RunFor(Duration::Seconds(8));
  const uint64_t audio = Audio(viewer).packets;
  for (int i = 0; i < 20; ++i) {
    KeyFrame();
    harness_.world.RunFor(Duration::Millis(500));
  }
  EXPECT_GE(Audio(viewer).packets - audio, 498u);
  EXPECT_LT(Audio(viewer).longest_gap, Duration::Millis(100));
}

TEST_F(ShardPacing, AfterAnOutageWhatIsSentIsNewAndThePoolIsFree) {
  const Joined viewer = View({.capacity = kCapacity});
  harness_.world.RunFor(Duration::Seconds(8));
  harness_.SetDownlink(viewer, {.loss = 1});
  harness_.world.RunFor(Duration::Seconds(5));
  EXPECT_LT(harness_.world.shard().stats().packets_in_pool, 1500u);
  harness_.SetDownlink(viewer, {.capacity = kCapacity});
  const uint64_t frames = Video(viewer).frames_decoded;
  const uint64_t audio = Audio(viewer).packets;
  harness_.world.RunFor(Duration::Seconds(1));
  EXPECT_GE(Audio(viewer).packets - audio, 46u);
  harness_.world.RunFor(Duration::Millis(500));
  EXPECT_GT(Video(viewer).frames_decoded, frames + 3) << "a picture within 1.5 s";
  harness_.world.RunFor(Duration::Seconds(5));
  EXPECT_EQ(harness_.SlotOf(viewer, publisher_.camera)->current_layer(), 2);
  EXPECT_EQ(Video(viewer).broken_frames, 0u);
}

}  // namespace
}  // namespace conclave::sim
