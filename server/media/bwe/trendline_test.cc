#include "media/bwe/trendline.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

// Groups sent each 20 ms that arrive `received_ms` apart.
Usage After(int groups, int64_t received_us) {
  Trendline trendline;
  Instant arrival;
  for (int i = 0; i < groups; ++i) {
    arrival = arrival + Duration::Micros(received_us);
    trendline.OnDelta({Duration::Millis(20), Duration::Micros(received_us), arrival});
  }
  return trendline.usage();
}

TEST(Trendline, AConstantDelayIsNormal) { EXPECT_EQ(After(60, 20'000), Usage::kNormal); }
TEST(Trendline, AGrowingQueueIsOveruse) { EXPECT_EQ(After(40, 24'000), Usage::kOver); }
TEST(Trendline, ADrainingQueueIsUnderuse) { EXPECT_EQ(After(40, 16'000), Usage::kUnder); }
TEST(Trendline, SaysNothingBeforeItHasAWindow) { EXPECT_EQ(After(10, 30'000), Usage::kNormal); }

}  // namespace
}  // namespace conclave::media
