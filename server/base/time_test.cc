#include "base/time.h"

#include <gtest/gtest.h>

#include "base/data_rate.h"

namespace conclave {
namespace {

TEST(Time, CalculatesWithInstantsAndDurations) {
  const Instant start = Instant::FromMicros(1000);
  EXPECT_EQ(start + Duration::Millis(2), Instant::FromMicros(3000));
  EXPECT_EQ((start - Duration::Millis(2)).us(), -1000);
  EXPECT_EQ(Instant::FromMicros(5000) - start, Duration::Millis(4));
  EXPECT_EQ(Duration::Seconds(1) / 4, Duration::Millis(250));
  EXPECT_EQ(-Duration::Millis(3) * 2, Duration::Micros(-6000));
  EXPECT_LT(start, Instant::Never());
  EXPECT_LT(Duration::Seconds(1'000'000), Duration::Infinite());
}

TEST(DataRate, IsBytesOverTime) {
  EXPECT_EQ(DataRate::Of(1250, Duration::Millis(10)), DataRate::Kbps(1000));
  EXPECT_EQ(DataRate::Of(1250, Duration()), DataRate());
  EXPECT_EQ((DataRate::Kbps(3) - DataRate::Bps(500)).bps(), 2500);
}

}  // namespace
}  // namespace conclave
