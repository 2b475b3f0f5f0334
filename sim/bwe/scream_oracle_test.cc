// The bounds by which libwebrtc tests its own SCReAM (scream_test.cc).
#include <gtest/gtest.h>

#include "sim/bwe/scenario_tools.h"

namespace conclave::sim {
namespace {

double TargetAfter(LinkConfig link, FlowConfig flow, double seconds, uint64_t seed,
                   Micros mean_of = kSecond) {
  World world(media::Algorithm::kScream, seed);
  world.AddCamera(world.AddLink(std::move(link)), 5 * kMbps, flow);
  world.Run(static_cast<Micros>(seconds * kSecond));
  const auto end = static_cast<Micros>(seconds * kSecond);
  // A mean: one instant of a sawtooth says little.
  return MeanTarget(world.flows()[0]->stats(), end - mean_of, end) / kKbps;
}

LinkConfig Plain(double mbps) {
  LinkConfig link;
  link.capacity = Steps({{0, mbps}});
  return link;
}

class ScreamBounds : public testing::TestWithParam<uint64_t> {};

TEST_P(ScreamBounds, FollowsASlowLink) {
  const double kbps = TargetAfter(Plain(.6), {}, 20, GetParam());
  EXPECT_GE(kbps, 250);
  EXPECT_LE(kbps, 700);
}
TEST_P(ScreamBounds, FollowsAnOrdinaryLink) {
  const double kbps = TargetAfter(Plain(2), {}, 20, GetParam());
  EXPECT_GE(kbps, 1300);
  EXPECT_LE(kbps, 2300);
}
TEST_P(ScreamBounds, CollapsesUnderHeavyLossButNotToNothing) {
  LinkConfig link = Plain(3);
  link.loss = .05;
  FlowConfig flow;
  flow.delay = 25 * kMilli;
  // Feedback each 25 ms lets it grow between losses: single seconds reach 1500.
  const double kbps = TargetAfter(link, flow, 20, GetParam(), 10 * kSecond);
  EXPECT_GE(kbps, 100);
  EXPECT_LE(kbps, 1100);
}
TEST_P(ScreamBounds, TakesALongerPathForAQueueAtFirst) {
  FlowConfig flow;
  flow.delay = 25 * kMilli;
  flow.route_change_at = 4 * kSecond;
  flow.route_change = 70 * kMilli;
  EXPECT_LT(TargetAfter(Plain(1), flow, 6, GetParam()), 400);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ScreamBounds, testing::Values(1, 2, 3));

}  // namespace
}  // namespace conclave::sim
