#include "router/curtail.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::router {
namespace {

// One on the stage, then tiles, most wanted first.
std::vector<TrackWish> Wishes(size_t tiles) {
  std::vector<TrackWish> wishes = {
      {.track = TrackId(1), .height_px = 720, .pinned = false, .on_stage = true}};
  for (uint32_t i = 0; i < tiles; ++i) wishes.push_back({TrackId(2 + i), 270, false, false});
  return wishes;
}

std::vector<TrackWish> Left(Shedding shedding, bool asked = true) {
  std::vector<TrackWish> wishes = Wishes(9);
  Curtail(shedding, asked, wishes);
  return wishes;
}

TEST(Curtail, WithTimeEverybodyGetsWhatTheyWant) {
  EXPECT_EQ(Left(Shedding::kNothing).size(), 10U);
  EXPECT_EQ(Left(Shedding::kNothing, false).size(), 10U);
  EXPECT_EQ(TemporalMax(Shedding::kNothing, Wishes(1)[1]), media::kAllFrames);
}

TEST(Curtail, WhatNobodyAskedForGoesFirst) {
  EXPECT_TRUE(Left(Shedding::kUnasked, false).empty());
  EXPECT_EQ(Left(Shedding::kUnasked).size(), 10U);
  EXPECT_EQ(Left(Shedding::kUnasked)[1].height_px, 270);
}

TEST(Curtail, ThenTilesAndThenTheStageGetSmaller) {
  EXPECT_EQ(Left(Shedding::kSmallTiles)[0].height_px, 720);
  EXPECT_EQ(Left(Shedding::kSmallTiles)[1].height_px, kSmallTilePx);
  EXPECT_EQ(Left(Shedding::kSmallAll)[0].height_px, kSmallStagePx);
  EXPECT_EQ(TemporalMax(Shedding::kSmallTiles, Wishes(1)[1]), 0);
  EXPECT_EQ(TemporalMax(Shedding::kSmallAll, Wishes(1)[0]), media::kAllFrames);
  EXPECT_EQ(TemporalMax(Shedding::kLastFew, Wishes(1)[0]), 0);
}

TEST(Curtail, ThenTheMostWantedAreLeftAndThenNone) {
  const std::vector<TrackWish> few = Left(Shedding::kLastFew);
  ASSERT_EQ(few.size(), kFewPictures);
  EXPECT_EQ(few[0].track, TrackId(1));
  EXPECT_TRUE(Left(Shedding::kVideo).empty());
  EXPECT_TRUE(Left(Shedding::kJoins).empty());
}

}  // namespace
}  // namespace conclave::router
