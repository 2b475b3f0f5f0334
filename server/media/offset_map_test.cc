#include "media/offset_map.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

TEST(OffsetMap, KeepsTheSourcesGapsAndClosesOurs) {
  OffsetMap map(1000);
  map.Begin(50);
  EXPECT_EQ(map.Map(50), 1000);
  EXPECT_EQ(map.Map(52), 1002);
  EXPECT_EQ(map.Drop(53), std::nullopt);
  EXPECT_EQ(map.Map(54), 1003);
  // Late, from before the dropped one.
  EXPECT_EQ(map.Map(51), 1001);
  EXPECT_EQ(map.next(), 1004);
}

TEST(OffsetMap, WhatWasDroppedStaysDropped) {
  OffsetMap map(0);
  map.Begin(10);
  EXPECT_EQ(map.Map(10), 0);
  map.Drop(11);
  map.Drop(12);
  EXPECT_EQ(map.Map(11), std::nullopt);
  EXPECT_EQ(map.Drop(12), std::nullopt);
  EXPECT_EQ(map.Map(13), 1);
  EXPECT_EQ(map.Map(12), std::nullopt);
}

TEST(OffsetMap, ALateDropLeavesAHoleAndTellsIt) {
  OffsetMap map(0);
  map.Begin(10);
  map.Map(10);
  EXPECT_EQ(map.Map(12), 2);
  EXPECT_EQ(map.Drop(11), 1);
}

TEST(OffsetMap, MapsNothingFromBeforeItsBeginning) {
  OffsetMap map(7);
  EXPECT_FALSE(map.active());
  map.Begin(10);
  EXPECT_EQ(map.Map(9), std::nullopt);
  EXPECT_EQ(map.Drop(9), std::nullopt);
  EXPECT_EQ(map.Map(10), 7);
  map.End();
  map.Begin(500);
  EXPECT_EQ(map.Map(499), std::nullopt);
  EXPECT_EQ(map.Map(500), 8);
}

TEST(OffsetMap, InsertedNumbersMoveWhatFollowsOnly) {
  OffsetMap map(0);
  EXPECT_EQ(map.Insert(), 0);
  map.Begin(10);
  EXPECT_EQ(map.Map(10), 1);
  EXPECT_EQ(map.Map(12), 3);
  EXPECT_EQ(map.Insert(), 4);
  EXPECT_EQ(map.Insert(), 5);
  EXPECT_EQ(map.Map(11), 2);
  EXPECT_EQ(map.Map(13), 6);
}

TEST(OffsetMap, ARunCostsNoMoreThanOneChange) {
  OffsetMap map(0);
  map.Begin(0);
  EXPECT_EQ(map.Map(0), 0);
  for (int64_t source = 2; source < 1002; ++source) map.Drop(source);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(map.Insert(), 2 + i);
  EXPECT_EQ(map.Map(1002), 1002);
  EXPECT_EQ(map.Map(1), 1);
  EXPECT_EQ(map.Map(0), 0);
}

TEST(OffsetMap, ForgetsTheOldestChangesFirst) {
  OffsetMap map(0);
  map.Begin(0);
  map.Map(0);
  int64_t next = 1;
  for (int64_t source = 1; source < 1000; source += 2) {
    map.Drop(source);
    ASSERT_EQ(map.Map(source + 1), next++);
  }
  EXPECT_EQ(map.Map(1000), next - 1);
  EXPECT_EQ(map.Map(990), next - 6);
  EXPECT_EQ(map.Map(0), std::nullopt);
}

}  // namespace
}  // namespace conclave::media
