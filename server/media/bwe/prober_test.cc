#include "media/bwe/prober.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

constexpr double kMbps = 1e6;
Instant At(int millis) { return Instant() + Duration::Millis(millis); }

// Half a Mbps of two, congested a second after the start, calm since.
ProberFacts Facts() {
  ProberFacts facts;
  facts.target_bps = .5 * kMbps;
  facts.desired_bps = 2 * kMbps;
  facts.rtt_ms = 50;
  facts.quiet = true;
  facts.congested = At(1000);
  return facts;
}

Prober Started() {
  Prober prober;
  prober.Start(.3 * kMbps, 2 * kMbps, At(0));
  std::vector<ProbeCluster> out;
  prober.Take(out);
  return prober;
}

// When the next probe comes, looked at each 25 ms; -1 within half a minute: never.
int NextProbe(Prober& prober, const ProberFacts& facts) {
  for (int at = 1000; at < 30'000; at += 25) {
    prober.OnTime(facts, At(at));
    std::vector<ProbeCluster> out;
    prober.Take(out);
    if (!out.empty()) return at;
  }
  return -1;
}

TEST(Prober, StartsWithTwoProbes) {
  Prober prober;
  prober.Start(.3 * kMbps, 10 * kMbps, At(0));
  std::vector<ProbeCluster> out;
  prober.Take(out);
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].rate, DataRate::Kbps(900));
  EXPECT_EQ(out[1].rate, DataRate::Kbps(1800));
}

TEST(Prober, NeverProbesAFullQueueOrAFullWish) {
  ProberFacts facts = Facts();
  facts.quiet = false;
  Prober busy = Started();
  EXPECT_EQ(NextProbe(busy, facts), -1);
  facts = Facts();
  facts.target_bps = facts.desired_bps;
  Prober satisfied = Started();
  EXPECT_EQ(NextProbe(satisfied, facts), -1);
}

TEST(Prober, WhoHasLittleProbesFirst) {
  ProberFacts facts = Facts();
  Prober small = Started();
  const int little = NextProbe(small, facts);
  facts.target_bps = 1.5 * kMbps;
  Prober large = Started();
  EXPECT_GT(NextProbe(large, facts), little + 1000);
}

TEST(Prober, EqualFlowsDoNotProbeAtOnce) {
  ProberFacts facts = Facts();
  facts.salt = 100'000;
  Prober one = Started();
  const int first = NextProbe(one, facts);
  facts.salt = 100'120;
  Prober other = Started();
  EXPECT_NE(NextProbe(other, facts), first);
}

TEST(Prober, GoesOnWhereAProbeFittedAndNotWhereItQueued) {
  ProberFacts facts = Facts();
  for (const bool queued : {false, true}) {
    Prober prober = Started();
    const int at = NextProbe(prober, facts);
    facts.probe_queued = queued;
    prober.OnResult(.8 * kMbps, facts, At(at + 100));
    std::vector<ProbeCluster> out;
    prober.Take(out);
    EXPECT_EQ(out.empty(), queued);
    facts.probe_queued = false;
  }
}

TEST(Prober, AfterADeepDropDoesNotWaitForTheQuietTime) {
  ProberFacts facts = Facts();
  facts.recover_bps = 1.8 * kMbps;
  Prober prober = Started();
  EXPECT_LE(NextProbe(prober, facts), 1100);
  EXPECT_TRUE(prober.recovering());
}

TEST(Prober, ProbesAtOnceWhereTheLinkCarriesMoreThanBefore) {
  ProberFacts facts = Facts();
  Prober prober = Started();
  const int usual = NextProbe(prober, facts);
  facts.unfull = true;
  Prober eager = Started();
  EXPECT_EQ(NextProbe(eager, facts), 1000);
  EXPECT_GT(usual, 2000);
}

TEST(Prober, WhoSendsLessThanItMayLooksSoonForWhatTheNextStepNeeds) {
  ProberFacts facts = Facts();
  facts.limited = true;
  Prober aimless = Started();
  const int usual = NextProbe(aimless, facts);
  facts.step_bps = 1.2 * kMbps;
  Prober prober = Started();
  EXPECT_LE(NextProbe(prober, facts), 3000);
  EXPECT_GT(usual, 4000);
  prober.OnTime(facts, At(40'000));
  std::vector<ProbeCluster> out;
  prober.Take(out);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].rate, DataRate::Kbps(1200)) << "less would tell nothing";
}

TEST(Prober, WaitsLongerWhereTheLinkOnlySeemedToCarryMore) {
  ProberFacts facts = Facts();
  facts.unfull = true;
  // So many probes in half a minute, each of which met a queue, or each of which did not.
  const auto count = [&facts](bool queued) {
    Prober prober = Started();
    facts.probe_queued = queued;
    int probes = 0;
    for (int at = 1000; at < 31'000; at += 25) {
      // Congestion all the time, so that nothing but the cause in question starts a probe.
      facts.congested = At(at);
      prober.OnTime(facts, At(at));
      std::vector<ProbeCluster> out;
      prober.Take(out);
      if (out.empty()) continue;
      ++probes;
      prober.OnResult(.5 * kMbps, facts, At(at + 10));
      prober.Take(out);
    }
    return probes;
  };
  EXPECT_LE(count(true), 6);
  EXPECT_GE(count(false), 20);
}

}  // namespace
}  // namespace conclave::media
