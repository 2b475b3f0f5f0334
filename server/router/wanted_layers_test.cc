#include "router/wanted_layers.h"

#include <gtest/gtest.h>

namespace conclave::router {
namespace {

constexpr Duration kTick = Duration::Millis(500);

class WantedLayersTest : public testing::Test {
 protected:
  // As a room reviews its tracks: somebody wants these layers all the time.
  void WantFor(Duration time, LayerMask layers) {
    for (const Instant end = now_ + time; now_ < end; now_ = now_ + kTick) {
      wanted_.Want(now_, layers);
      wanted_.Expire(now_);
      changes_ += wanted_.asked() != asked_ ? 1 : 0;
      asked_ = wanted_.asked();
    }
  }

  Instant now_ = Instant() + Duration::Seconds(1000);
  WantedLayers wanted_{3};
  LayerMask asked_ = 0b111;
  int changes_ = 0;
};

TEST_F(WantedLayersTest, InTheBeginningEverythingIsAskedFor) {
  EXPECT_EQ(wanted_.asked(), 0b111);
  for (size_t i = 0; i < 3; ++i) EXPECT_FALSE(wanted_.Dormant(now_, i));
}

TEST_F(WantedLayersTest, WhatNobodyWantsIsSwitchedOffTogetherAfterAWhile) {
  WantFor(Duration::Seconds(3), 0);
  EXPECT_EQ(wanted_.asked(), 0b111);
  WantFor(Duration::Seconds(2), 0);
  EXPECT_EQ(wanted_.asked(), 0);
  EXPECT_EQ(changes_, 1);
}

TEST_F(WantedLayersTest, TheLowestGoesWithAnyOther) {
  WantFor(Duration::Seconds(6), 0b100);
  EXPECT_EQ(wanted_.asked(), 0b101);
}

TEST_F(WantedLayersTest, WhatIsWantedAgainIsAskedForAtOnce) {
  WantFor(Duration::Seconds(6), 0);
  wanted_.Want(now_, 0b010);
  EXPECT_EQ(wanted_.asked(), 0b011);
}

TEST_F(WantedLayersTest, WhoPagesToAndFroChangesNothing) {
  WantFor(Duration::Seconds(6), 0b010);
  changes_ = 0;
  for (int i = 0; i < 10; ++i) {
    WantFor(Duration::Seconds(3), 0);
    WantFor(Duration::Millis(500), 0b010);
  }
  EXPECT_EQ(changes_, 0);
}

TEST_F(WantedLayersTest, TimeInWhichNobodyLookedDoesNotCount) {
  WantFor(Duration::Seconds(1), 0b111);
  now_ = now_ + Duration::Seconds(60);
  WantFor(Duration::Seconds(3), 0);
  EXPECT_EQ(wanted_.asked(), 0b111);
}

TEST_F(WantedLayersTest, ALayerIsDormantFromWhenItIsSwitchedOffUntilItComes) {
  WantFor(Duration::Seconds(6), 0b010);
  EXPECT_TRUE(wanted_.Dormant(now_, 2));
  // A client that is late goes on sending.
  wanted_.OnPacket(2);
  EXPECT_TRUE(wanted_.Dormant(now_, 2));
  wanted_.Want(now_, 0b100);
  EXPECT_TRUE(wanted_.Dormant(now_ + Duration::Seconds(1), 2));
  wanted_.OnPacket(2);
  EXPECT_FALSE(wanted_.Dormant(now_ + Duration::Seconds(1), 2));
}

TEST_F(WantedLayersTest, ALayerThatDoesNotComeDoesNotCountForLong) {
  WantFor(Duration::Seconds(6), 0b010);
  wanted_.Want(now_, 0b100);
  EXPECT_FALSE(wanted_.Dormant(now_ + WantedLayers::kStartMax, 2));
  // Switched off and asked for anew, it has another chance.
  WantFor(Duration::Seconds(6), 0b010);
  wanted_.Want(now_, 0b100);
  EXPECT_TRUE(wanted_.Dormant(now_, 2));
}

}  // namespace
}  // namespace conclave::router
