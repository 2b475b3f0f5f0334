#include "media/bwe/aimd.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

TEST(Aimd, HalvesEach200MillisecondsWhileNothingIsKnownToGetThrough) {
  Aimd aimd(1'000'000, 30'000, 100'000'000);
  aimd.SetRtt(Duration::Millis(50));
  const Instant start = Instant::FromMicros(10'000'000);
  ASSERT_TRUE(aimd.MayReduce(std::nullopt, start));
  EXPECT_EQ(aimd.Update(Usage::kOver, std::nullopt, start), 500'000);
  EXPECT_FALSE(aimd.MayReduce(std::nullopt, start + Duration::Millis(199)));
  ASSERT_TRUE(aimd.MayReduce(std::nullopt, start + Duration::Millis(200)));
  EXPECT_EQ(aimd.Update(Usage::kOver, std::nullopt, start + Duration::Millis(200)), 250'000);
}

TEST(Aimd, ReducesEachRoundTripToALittleLessThanWhatGotThrough) {
  Aimd aimd(1'000'000, 30'000, 100'000'000);
  aimd.SetRtt(Duration::Millis(50));
  const Instant start = Instant::FromMicros(10'000'000);
  EXPECT_EQ(aimd.Update(Usage::kOver, 800'000, start), 0.85 * 800'000 - 5'000);
  EXPECT_FALSE(aimd.MayReduce(700'000, start + Duration::Millis(49)));
  EXPECT_TRUE(aimd.MayReduce(300'000, start + Duration::Millis(1))) << "far too much is sent";
  EXPECT_TRUE(aimd.MayReduce(700'000, start + Duration::Millis(50)));
}

}  // namespace
}  // namespace conclave::media
