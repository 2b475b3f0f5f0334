// Simulation v1: twenty seeds of a room of fifty. `sim_test --seed=N` runs one seed alone and
// prints its summary, `--seeds=N` runs that many.
#include "sim/simulation.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

// Twenty runs allocate millions of datagrams: with two frames of each allocation's origin, and a
// small quarantine that stays in the cache, the address sanitizer is twice as fast.
extern "C" const char* __asan_default_options() {
  return "malloc_context_size=2:quarantine_size_mb=4:thread_local_quarantine_size_kb=64:"
         "max_malloc_fill_size=0";
}

namespace conclave::sim {
namespace {

constexpr uint64_t kSeedsInCi = 20;

uint64_t g_seed = 0;
uint64_t g_seeds = kSeedsInCi;

std::string Explain(uint64_t seed, const SimulationReport& report) {
  std::string text = "seed " + std::to_string(seed) +
                     " (again: sim_test --seed=" + std::to_string(seed) + "): " + Summary(report) +
                     "\n";
  for (const std::string& violation : report.violations.list()) text += "  " + violation + "\n";
  return text;
}

void RunSeed(uint64_t seed) {
  const SimulationReport report = RunSimulation({.seed = seed});
  EXPECT_EQ(report.violations.count(), 0u) << Explain(seed, report);
  // The run was what it claims to be.
  EXPECT_GE(report.participants_peak, 35u) << Explain(seed, report);
  EXPECT_GT(report.joins, 55u) << Explain(seed, report);
  EXPECT_GT(report.resumes, 5u) << Explain(seed, report);
  EXPECT_GT(report.ice_restarts, 5u) << Explain(seed, report);
  EXPECT_GT(report.rtp_packets, 20'000u) << Explain(seed, report);
  EXPECT_GT(report.rtx_packets, 200u) << Explain(seed, report);
  EXPECT_GT(report.frames_decoded, 10'000u) << Explain(seed, report);
  EXPECT_GT(report.key_frames_decoded, 300u) << Explain(seed, report);
  EXPECT_GT(report.lost_datagrams, 2'000u) << Explain(seed, report);
  EXPECT_GT(report.log_lines, 50u) << Explain(seed, report);
  // What the uplinks lose is nearly always repaired before it matters to anybody.
  EXPECT_LT(report.video_gaps * 50, report.video_packets) << Explain(seed, report);
  if (g_seed != 0) std::printf("%s", Explain(seed, report).c_str());
}

TEST(Simulation, FiftyPeopleForAMinuteUnderLoss) {
  if (g_seed != 0) {
    RunSeed(g_seed);
    return;
  }
  for (uint64_t seed = 1; seed <= g_seeds; ++seed) RunSeed(seed);
}

TEST(Simulation, TheSameSeedIsTheSameRun) {
  const SimulationConfig config = {.seed = 7, .people = 12, .duration = Duration::Seconds(15)};
  const SimulationReport first = RunSimulation(config);
  const SimulationReport second = RunSimulation(config);
  EXPECT_EQ(first.event_hash, second.event_hash);
  EXPECT_EQ(Summary(first), Summary(second));
  SimulationConfig other = config;
  other.seed = 8;
  EXPECT_NE(first.event_hash, RunSimulation(other).event_hash);
}

}  // namespace
}  // namespace conclave::sim

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--seed=")) {
      conclave::sim::g_seed = std::strtoull(argv[i] + 7, nullptr, 10);
      ::testing::GTEST_FLAG(filter) = "Simulation.Fifty*";
    }
    if (argument.starts_with("--seeds=")) {
      conclave::sim::g_seeds = std::strtoull(argv[i] + 8, nullptr, 10);
    }
  }
  return RUN_ALL_TESTS();
}
