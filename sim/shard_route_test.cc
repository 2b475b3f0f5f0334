// A viewer moves to another network by an ICE restart: a longer or shorter way there is no queue,
// and takes nothing off its picture.
#include <gtest/gtest.h>

#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

constexpr Duration kShort = Duration::Millis(20);
constexpr Duration kLonger = Duration::Millis(80);
constexpr int kTop = 2;

class ShardRoute : public testing::TestWithParam<uint64_t> {
 protected:
  ShardRoute() : harness_(Config()) {
    JoinOptions publisher;
    publisher.pace = {.video = Duration::Millis(33), .packets_per_frame = 6};
    publisher_ = harness_.Join(publisher);
    harness_.world.RunFor(Duration::Seconds(1));
    harness_.media(publisher_).track(publisher_.microphone).set_level(20);
    JoinOptions options;
    options.microphone = options.camera = false;
    options.transport_cc = true;
    options.downlink = Down(kShort);
    viewer_ = harness_.Join(options);
    harness_.SetLayout(viewer_, {{.track = publisher_.camera, .height_px = 720, .on_stage = true}});
    harness_.world.RunFor(Duration::Seconds(15));
  }
  static WorldConfig Config() {
    WorldConfig config;
    config.seed = GetParam();
    return config;
  }
  // A half more than the top layer takes.
  static LinkQuality Down(Duration delay) {
    return {.delay = delay, .capacity = DataRate::Kbps(1500)};
  }
  void MoveTo(Duration delay, const std::string& round) {
    const router::IceCredentials server = {"restartedserver" + round,
                                           "restartedserverpasswordrestarted"};
    const router::IceCredentials client = {"restartedclient" + round, "restartedclientpassword1"};
    harness_.world.Command(router::RestartIce{viewer_.id, server, client});
    harness_.media(viewer_).RestartIce(harness_.world.now(), client, server);
    harness_.world.MoveClient(viewer_.client);
    harness_.SetDownlink(viewer_, Down(delay));
    harness_.world.Touch(viewer_.client);
  }
  // Of `time`, how much the viewer was sent less than the top layer.
  Duration Below(Duration time) {
    Duration below;
    const Instant end = harness_.world.now() + time;
    while (harness_.world.now() < end) {
      harness_.world.RunFor(Duration::Millis(20));
      const router::SlotAssignment* told = harness_.Told(viewer_, publisher_.camera);
      const SlotReceiver* slot = harness_.SlotOf(viewer_, publisher_.camera);
      const bool top = told && !told->paused && slot && slot->current_layer() == kTop;
      if (!top) below = below + Duration::Millis(20);
    }
    return below;
  }

  ShardHarness harness_;
  Joined publisher_;
  Joined viewer_;
};

TEST_P(ShardRoute, AnIceRestartOntoAnotherPathTakesNothingOffThePicture) {
  ASSERT_EQ(Below(Duration::Seconds(2)), Duration());
  MoveTo(kShort + kLonger, "1");
  EXPECT_EQ(Below(Duration::Seconds(20)), Duration());
  MoveTo(kShort, "2");
  EXPECT_EQ(Below(Duration::Seconds(20)), Duration());
  EXPECT_EQ(harness_.SlotOf(viewer_, publisher_.camera)->stats().broken_frames, 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ShardRoute, testing::Values(1, 2, 3));

}  // namespace
}  // namespace conclave::sim
