#include "media/block_outcomes.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::media {
namespace {

Instant At(int64_t ms) { return Instant::FromMicros(1'000'000) + Duration::Millis(ms); }

class BlockOutcomesTest : public ::testing::Test {
 protected:
  std::vector<Instant> Received(int64_t carrier) {
    std::vector<Instant> out;
    outcomes_.OnReceived(carrier, [&](Instant sent) { out.push_back(sent); });
    return out;
  }

  BlockOutcomes outcomes_;
};

TEST_F(BlockOutcomesTest, WhatIsLostComesWithItsCarrierOnce) {
  outcomes_.OnBlock(11, 10);
  outcomes_.OnBlock(12, 10);
  EXPECT_TRUE(Received(9).empty());
  outcomes_.OnLost(10, At(0));
  EXPECT_EQ(Received(11), std::vector<Instant>{At(0)});
  EXPECT_TRUE(Received(12).empty());
  EXPECT_FALSE(outcomes_.OnRecovered(10)) << "a carrier was there before it";
}

TEST_F(BlockOutcomesTest, WhatWasNotLostBringsNothing) {
  outcomes_.OnBlock(11, 10);
  EXPECT_TRUE(Received(11).empty());
}

TEST_F(BlockOutcomesTest, ItMayBeReportedLostBeforeItLeavesAgain) {
  outcomes_.OnBlock(2, 1);
  outcomes_.OnLost(10, At(0));
  outcomes_.OnBlock(14, 10);
  EXPECT_EQ(Received(14), std::vector<Instant>{At(0)});
}

TEST_F(BlockOutcomesTest, WhatComesItselfIsNotBroughtAgain) {
  outcomes_.OnBlock(11, 10);
  outcomes_.OnLost(10, At(0));
  EXPECT_TRUE(outcomes_.OnRecovered(10));
  EXPECT_TRUE(Received(11).empty());
}

TEST_F(BlockOutcomesTest, WithoutBlocksNothingIsHeld) {
  outcomes_.OnLost(10, At(0));
  EXPECT_TRUE(outcomes_.OnRecovered(10));
  EXPECT_TRUE(Received(11).empty());
}

}  // namespace
}  // namespace conclave::media
