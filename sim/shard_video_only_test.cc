// A room in which nothing but one large picture is sent: who comes later has neither voices nor
// small layers by which its path could be measured.
#include <gtest/gtest.h>

#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

// One encoding of 7.7 Mbps, far more than a path is thought to carry before it is measured.
JoinOptions LargeCamera() {
  JoinOptions options;
  options.microphone = false;
  options.simulcast_layers = 1;
  options.pace = {.video = Duration::Millis(10), .frame_bytes = {9'600}};
  return options;
}

JoinOptions Viewer(DataRate capacity) {
  JoinOptions options;
  options.microphone = options.camera = false;
  options.transport_cc = true;
  options.downlink.capacity = capacity;
  return options;
}

constexpr DataRate kEnough = DataRate::Kbps(30'000);

class ShardVideoOnly : public ::testing::Test {
 protected:
  Joined View(DataRate capacity) {
    const Joined viewer = harness_.Join(Viewer(capacity));
    harness_.SetLayout(viewer, {{.track = publisher_.camera, .height_px = 720, .on_stage = true}});
    return viewer;
  }
  uint64_t Frames(const Joined& viewer) {
    const SlotReceiver* slot = harness_.SlotOf(viewer, publisher_.camera);
    return slot ? slot->stats().frames_decoded : 0;
  }
  // At most `limit`.
  Duration TimeToPicture(const Joined& viewer, Duration limit) {
    const Instant start = harness_.world.now();
    const uint64_t before = Frames(viewer);
    while (harness_.world.now() - start < limit && Frames(viewer) == before) {
      harness_.world.RunFor(Duration::Millis(20));
    }
    return harness_.world.now() - start;
  }

  ShardHarness harness_;
  const Joined publisher_ = harness_.Join(LargeCamera());
};

TEST_F(ShardVideoOnly, WhoeverComesLaterSeesItOnceItsPathIsMeasured) {
  harness_.world.RunFor(Duration::Seconds(5));
  const Joined viewer = View(kEnough);
  EXPECT_LT(TimeToPicture(viewer, Duration::Seconds(10)), Duration::Millis(1500));
  const uint64_t frames = Frames(viewer);
  harness_.world.RunFor(Duration::Seconds(5));
  EXPECT_GE(Frames(viewer) - frames, 490u) << "100 a second";
}

TEST_F(ShardVideoOnly, APictureThatGrowsLargeLaterIsSeenOnAPathThatWasQuiet) {
  const Joined viewer = View(kEnough);
  harness_.world.RunFor(Duration::Seconds(5));
  ASSERT_GT(Frames(viewer), 0u);
  harness_.SetLayout(viewer, {});
  harness_.world.RunFor(Duration::Seconds(30));
  harness_.SetLayout(viewer, {{.track = publisher_.camera, .height_px = 720, .on_stage = true}});
  EXPECT_LT(TimeToPicture(viewer, Duration::Seconds(10)), Duration::Millis(1500));
}

TEST_F(ShardVideoOnly, APathThatCannotCarryItIsNotFloodedByMeasuring) {
  harness_.world.RunFor(Duration::Seconds(5));
  const Joined viewer = View(DataRate::Kbps(2'000));
  const uint64_t before = harness_.world.shard().stats().bytes_sent;
  harness_.world.RunFor(Duration::Seconds(30));
  const uint64_t bytes = harness_.world.shard().stats().bytes_sent - before;
  EXPECT_EQ(Frames(viewer), 0u);
  EXPECT_LT(bytes * 8, 30 * 500'000u) << "a quarter of what it carries";
  harness_.SetDownlink(viewer, {.capacity = kEnough});
  const Duration back = TimeToPicture(viewer, Duration::Seconds(120));
  EXPECT_LT(back, Duration::Seconds(60)) << back.seconds();
}

}  // namespace
}  // namespace conclave::sim
