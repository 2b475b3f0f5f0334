#include "sim/bwe/trace.h"

#include <gtest/gtest.h>

namespace conclave::sim {
namespace {

TEST(Trace, ReadsWhatItWrites) {
  const auto trace = ParseTrace("# made up\n0 1200\n\n100 0\n250 3400\n");
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->At(99 * kMilli), 1'200'000);
  EXPECT_EQ(trace->At(100 * kMilli), 0);
  EXPECT_EQ(trace->At(kSecond), 3'400'000);
  EXPECT_EQ(WriteTrace(*trace), "0 1200\n100 0\n250 3400\n");
}

TEST(Trace, RefusesNonsense) {
  for (const char* text : {"", "# only\n", "1 100\n", "0 100\n0 200\n", "0 -1\n", "0 1 2\n", "0\n",
                           "0 99999999999999999999\n", "0  100\n"}) {
    EXPECT_FALSE(ParseTrace(text)) << text;
  }
}

TEST(Trace, AMadeOneHasItsMeanAndComesBackAfterHandOvers) {
  Rng rng(1);
  const RadioModel model{3e6, .4, .9, .05, .5};
  const Capacity trace = MakeTrace(model, 300, rng);
  const double mean = trace.Bits(0, 300 * kSecond) / 300;
  EXPECT_GT(mean, 1.5e6);
  EXPECT_LT(mean, 6e6);
  EXPECT_GT(trace.steps().back().bps, 0);
  int64_t lowest = INT64_MAX;
  for (const CapacityStep& step : trace.steps()) lowest = std::min(lowest, step.bps);
  EXPECT_EQ(lowest, 0);
  ASSERT_TRUE(ParseTrace(WriteTrace(trace)));
}

}  // namespace
}  // namespace conclave::sim
