// A few scenarios with one seed each; bench/run.sh bwe runs all of them with ten.
#include "sim/bwe/scenario.h"

#include <gtest/gtest.h>

#include "sim/bwe/held_out.h"

namespace conclave::sim {
namespace {

using media::Algorithm;

TEST(Scenario, AllAreThereInOrder) {
  const auto all = AllScenarios();
  // The reference note's 43, and 12 of our own.
  ASSERT_EQ(all.size(), 55u);
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].number, static_cast<int>(i) + 1);
}

TEST(Scenario, EqualSeedsGiveEqualBytes) {
  const auto all = AllScenarios();
  for (const Algorithm algorithm : {Algorithm::kHybrid, Algorithm::kGcc, Algorithm::kScream}) {
    const Outcome first = all[15].run(algorithm, 7);
    const Outcome again = all[15].run(algorithm, 7);
    EXPECT_EQ(first.hash, again.hash);
    EXPECT_EQ(first.values, again.values);
    EXPECT_NE(first.hash, all[15].run(algorithm, 8).hash);
  }
}

TEST(Scenario, CoDelAndFeedbackOfOtherKindsWork) {
  const auto all = AllScenarios();
  // CoDel; RFC 8888 alone; REMB alone.
  for (const auto& [index, used] : {std::pair{43u, 80.0}, {48u, 85.0}, {49u, 40.0}}) {
    const Outcome outcome = all[index].run(Algorithm::kHybrid, 1);
    EXPECT_GT(outcome.values[0], used) << all[index].name;
    EXPECT_LT(outcome.values[1], 200) << all[index].name;
  }
}

TEST(Scenario, TheHybridKeepsTheGatesOfAQuickSubset) {
  const auto all = AllScenarios();
  // Joins, loss, an SFU's join, a drifting clock, CoDel beside CUBIC, 30 % loss, layers with gaps.
  for (const size_t index : {1u, 2u, 10u, 25u, 41u, 44u, 51u, 52u}) {
    const Scenario& scenario = all[index];
    const Outcome outcome = scenario.run(Algorithm::kHybrid, 1);
    ASSERT_EQ(outcome.values.size(), scenario.metrics.size());
    for (size_t i = 0; i < outcome.values.size(); ++i) {
      EXPECT_TRUE(Holds(scenario.metrics[i], outcome.values[i]))
          << scenario.name << " " << scenario.metrics[i].name << " " << outcome.values[i];
    }
  }
}

TEST(Scenario, TheHybridBeatsBothYardsticksOnRandomNetworks) {
  std::vector<Outcome> ours;
  std::vector<Outcome> gcc;
  std::vector<Outcome> scream;
  for (uint64_t network = 1; network <= 6; ++network) {
    ours.push_back(RunNetwork(Algorithm::kHybrid, network));
    gcc.push_back(RunNetwork(Algorithm::kGcc, network));
    scream.push_back(RunNetwork(Algorithm::kScream, network));
  }
  EXPECT_GT(Summarise(ours)[0], Summarise(gcc)[0]);
  EXPECT_GT(Summarise(ours)[0], Summarise(scream)[0]);
}

}  // namespace
}  // namespace conclave::sim
