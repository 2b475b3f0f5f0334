#include "sim/bwe/capacity.h"

#include <gtest/gtest.h>

namespace conclave::sim {
namespace {

TEST(Capacity, IntegratesOverStepsExactly) {
  const Capacity capacity({{0, 1'000'000}, {10'000, 2'000'000}, {20'000, 500'000}});
  // 10,000 bits in the first 10 ms, 20,000 in the next.
  EXPECT_EQ(capacity.FinishTime(0, 10'000), 10'000);
  EXPECT_EQ(capacity.FinishTime(0, 30'000), 20'000);
  EXPECT_EQ(capacity.FinishTime(0, 30'500), 21'000);
  EXPECT_EQ(capacity.FinishTime(5'000, 15'000), 15'000);
  EXPECT_DOUBLE_EQ(capacity.Bits(0, 30'000), 35'000);
  EXPECT_DOUBLE_EQ(capacity.Bits(0, 20'000, 1'500'000), 25'000);
}

TEST(Capacity, WaitsForTheEndOfAnOutage) {
  const Capacity capacity({{0, 1'000'000}, {1'000, 0}, {5'000, 1'000'000}});
  EXPECT_EQ(capacity.FinishTime(0, 2'000), 6'000);
  EXPECT_EQ(Capacity(int64_t{0}).FinishTime(0, 1), Capacity::kNever);
}

}  // namespace
}  // namespace conclave::sim
