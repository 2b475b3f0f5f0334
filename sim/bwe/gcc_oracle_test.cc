// The bounds by which libwebrtc tests its own GCC, on the networks of those tests:
// goog_cc_network_control_unittest.cc, bwe_ramp_up_test.cc and, for two, scream_test.cc.
#include <gtest/gtest.h>

#include "sim/bwe/scenario_tools.h"

namespace conclave::sim {
namespace {

// What its encoder makes of 720p at most.
constexpr int64_t kEncoder = 2500 * kKbps;

struct Net {
  Capacity capacity{int64_t{0}};
  Micros delay = 50 * kMilli;
  double loss = 0;
  double start_kbps = 300;
  int64_t encoder = kEncoder;
};

// Its emulated links drop nothing.
constexpr Micros kEndlessQueue = 600 * kSecond;

LinkConfig LinkOf(const Net& net) {
  LinkConfig link;
  link.capacity = net.capacity;
  link.loss = net.loss;
  link.queue_max = kEndlessQueue;
  return link;
}

FlowConfig FlowOf(const Net& net) {
  FlowConfig flow;
  flow.delay = net.delay;
  return flow;
}

World WorldOf(const Net& net, uint64_t seed) {
  media::BandwidthConfig limits;
  limits.start = DataRate::Bps(static_cast<int64_t>(net.start_kbps * kKbps));
  limits.min = DataRate::Kbps(10);
  return {media::Algorithm::kGcc, seed, limits};
}

// In kbps.
double Target(const World& world) {
  return static_cast<double>(world.flows()[0]->controller().plan().target.bps()) / kKbps;
}

double TargetAfter(const Net& net, double seconds, uint64_t seed) {
  World world = WorldOf(net, seed);
  world.AddCamera(world.AddLink(LinkOf(net)), net.encoder, FlowOf(net));
  world.Run(static_cast<Micros>(seconds * kSecond));
  return Target(world);
}

// Of a sender that has no picture yet: what it knows, its probes told it.
double ProbedIn(double seconds, double mbps, uint64_t seed) {
  const Net net{Steps({{0, mbps}}), 20 * kMilli};
  World world = WorldOf(net, seed);
  world.AddLimited(world.AddLink(LinkOf(net)), 0, net.encoder, FlowOf(net));
  world.Run(static_cast<Micros>(seconds * kSecond));
  return Target(world);
}

class GccBounds : public testing::TestWithParam<uint64_t> {};

TEST_P(GccBounds, FollowsALinkThatChanges) {
  const Net net{Steps({{0, .5}, {25, .8}, {45, .1}}), 100 * kMilli, 0, 300, 1500 * kKbps};
  FlowConfig flow = FlowOf(net);
  flow.route_change_at = 45 * kSecond;
  flow.route_change = 100 * kMilli;
  World world = WorldOf(net, GetParam());
  world.AddCamera(world.AddLink(LinkOf(net)), net.encoder, flow);
  world.Run(25 * kSecond);
  EXPECT_NEAR(Target(world), 450, 100);
  world.Run(45 * kSecond);
  EXPECT_NEAR(Target(world), 750, 150);
  world.Run(95 * kSecond);
  EXPECT_NEAR(Target(world), 90, 25);
}
TEST_P(GccBounds, RampsUpAfterCapacityIncreases) {
  const Net net{Steps({{0, .5}, {3, 3}}), 0};
  const double before = TargetAfter(net, 5, GetParam());
  EXPECT_GE(before, 300);
  EXPECT_LE(before, 650);
  EXPECT_GT(TargetAfter(net, 20, GetParam()), 1000);
}
TEST_P(GccBounds, ProbesFindAFastLink) {
  const double kbps = ProbedIn(2, 3, GetParam());
  EXPECT_GE(kbps, 2500);
  EXPECT_LE(kbps, 3000);
}
TEST_P(GccBounds, ProbesFindASlowLink) {
  const double kbps = ProbedIn(2, .5, GetParam());
  EXPECT_GT(kbps, 400);
  EXPECT_LE(kbps, 500);
}
TEST_P(GccBounds, SettlesOnASlowLink) {
  const double kbps = TargetAfter({Steps({{0, .6}})}, 10, GetParam());
  EXPECT_GE(kbps, 450);
  EXPECT_LE(kbps, 700);
}
TEST_P(GccBounds, SettlesOnAnOrdinaryLink) {
  const double kbps = TargetAfter({Steps({{0, 2}}), 25 * kMilli}, 30, GetParam());
  EXPECT_GE(kbps, 1000);
  EXPECT_LE(kbps, 2600);
}
TEST_P(GccBounds, LeavesRoomForTcp) {
  const Net net{Steps({{0, 1}}), 50 * kMilli, 0, 1000};
  World world = WorldOf(net, GetParam());
  Link& link = world.AddLink(LinkOf(net));
  world.AddCamera(link, net.encoder, FlowOf(net));
  world.AddTcp(link, {});
  world.Run(10 * kSecond);
  EXPECT_LT(Target(world), 750);
}
TEST_P(GccBounds, SurvivesTenPercentLoss) {
  const Net net{Steps({{0, 2}}), 200 * kMilli, .1, 300, 1500 * kKbps};
  EXPECT_GT(TargetAfter(net, 120, GetParam()), 100);
}

INSTANTIATE_TEST_SUITE_P(Seeds, GccBounds, testing::Range(uint64_t{1}, uint64_t{11}));

}  // namespace
}  // namespace conclave::sim
