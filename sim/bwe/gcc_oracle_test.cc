// The bounds by which libwebrtc tests its own GCC (goog_cc_network_control_unittest.cc).
#include <gtest/gtest.h>

#include "sim/bwe/scenario_tools.h"

namespace conclave::sim {
namespace {

struct Net {
  Capacity capacity{int64_t{0}};
  Micros delay = 50 * kMilli;
  double loss = 0;
};

// The target in kbps after `seconds`.
double TargetAfter(const Net& net, double seconds, uint64_t seed, int64_t wanted = 10 * kMbps) {
  World world(media::Algorithm::kGcc, seed);
  LinkConfig link;
  link.capacity = net.capacity;
  link.loss = net.loss;
  FlowConfig flow;
  flow.delay = net.delay;
  world.AddCamera(world.AddLink(link), wanted, flow);
  world.Run(static_cast<Micros>(seconds * kSecond));
  return static_cast<double>(world.flows()[0]->controller().plan().target.bps()) / kKbps;
}

class GccBounds : public testing::TestWithParam<uint64_t> {};

TEST_P(GccBounds, FollowsASlowLink) {
  EXPECT_NEAR(TargetAfter({Steps({{0, .5}}), 100 * kMilli}, 25, GetParam()), 450, 100);
}
TEST_P(GccBounds, RampsUpAfterCapacityReturns) {
  const Net net{Steps({{0, .5}, {3, 3}}), 50 * kMilli};
  const double before = TargetAfter(net, 5, GetParam());
  EXPECT_GE(before, 300);
  EXPECT_GT(TargetAfter(net, 20, GetParam()), 650);
}
TEST_P(GccBounds, SettlesOnAnOrdinaryLink) {
  const double kbps = TargetAfter({Steps({{0, 2}}), 50 * kMilli}, 30, GetParam());
  EXPECT_GE(kbps, 1000);
  EXPECT_LE(kbps, 2600);
}
TEST_P(GccBounds, SurvivesTenPercentLoss) {
  EXPECT_GT(TargetAfter({Steps({{0, 2}}), 50 * kMilli, .1}, 30, GetParam()), 100);
}

INSTANTIATE_TEST_SUITE_P(Seeds, GccBounds, testing::Values(1, 2, 3));

}  // namespace
}  // namespace conclave::sim
