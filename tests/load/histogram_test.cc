#include "tests/load/histogram.h"

#include <gtest/gtest.h>

namespace conclave::load {
namespace {

TEST(HistogramTest, QuantilesAreWithinFourPercent) {
  Histogram histogram;
  for (int64_t us = 1; us <= 100'000; ++us) histogram.Add(Duration::Micros(us));
  EXPECT_EQ(histogram.total(), 100'000U);
  EXPECT_NEAR(static_cast<double>(histogram.Quantile(0.5).us()), 50'000, 2000);
  EXPECT_NEAR(static_cast<double>(histogram.Quantile(0.999).us()), 99'900, 4000);
  EXPECT_EQ(histogram.Quantile(1), Duration::Micros(100'000));
  EXPECT_EQ(histogram.max(), Duration::Micros(100'000));
}

TEST(HistogramTest, MergesAndTakesEverySize) {
  Histogram one;
  one.Add(Duration::Micros(-5));
  Histogram two;
  two.Add(Duration::Seconds(100'000));
  one.Merge(two);
  EXPECT_EQ(one.total(), 2U);
  EXPECT_EQ(one.Quantile(0), Duration());
  EXPECT_EQ(one.max(), Duration::Seconds(100'000));
  EXPECT_EQ(Histogram().Quantile(0.5), Duration());
}

}  // namespace
}  // namespace conclave::load
