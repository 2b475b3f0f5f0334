#include "media/keyframe_requester.h"

#include <gtest/gtest.h>

#include <vector>

#include "media/first_pli.h"
#include "media/test_support.h"

namespace conclave::media {
namespace {

TEST(KeyframeRequester, AsksAtOnceAndMergesTheRest) {
  KeyframeRequester requester;
  EXPECT_TRUE(requester.Request(AtMs(0)));
  EXPECT_FALSE(requester.Request(AtMs(1)));
  EXPECT_FALSE(requester.Request(AtMs(499)));
  EXPECT_EQ(requester.NextDeadline(), AtMs(500));
  requester.OnKeyFrame();
  EXPECT_EQ(requester.NextDeadline(), Instant::Never());
  EXPECT_FALSE(requester.OnDeadline(AtMs(500)));
}

TEST(KeyframeRequester, RepeatsUntilTheKeyFrameComes) {
  KeyframeRequester requester;
  EXPECT_TRUE(requester.Request(AtMs(0)));
  std::vector<int64_t> asked;
  for (int64_t ms = 0; ms <= 9000; ++ms) {
    if (requester.OnDeadline(AtMs(ms))) asked.push_back(ms);
  }
  EXPECT_EQ(asked, (std::vector<int64_t>{500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000,
                                         7000, 9000}));
  requester.OnKeyFrame();
  EXPECT_FALSE(requester.outstanding());
  EXPECT_TRUE(requester.Request(AtMs(9500)));
}

TEST(KeyframeRequester, ASecondKeyFrameWaitsForItsTime) {
  KeyframeRequester requester;
  EXPECT_TRUE(requester.Request(AtMs(0)));
  requester.OnKeyFrame();
  EXPECT_FALSE(requester.Request(AtMs(100)));
  EXPECT_EQ(requester.NextDeadline(), AtMs(500));
  EXPECT_FALSE(requester.OnDeadline(AtMs(499)));
  EXPECT_TRUE(requester.OnDeadline(AtMs(500)));
}

TEST(KeyframeRequester, NoFloodOfRequestsMakesMoreThanTwoASecond) {
  SeededRandom random(1);
  KeyframeRequester requester;
  std::vector<int64_t> asked;
  for (int64_t ms = 0; ms < 20000; ++ms) {
    if (Chance(random, 50) && requester.Request(AtMs(ms))) asked.push_back(ms);
    if (requester.OnDeadline(AtMs(ms))) asked.push_back(ms);
    if (Chance(random, 2)) requester.OnKeyFrame();
    if (Chance(random, 1)) requester.Cancel();
  }
  EXPECT_GT(asked.size(), 20u);
  for (size_t i = 1; i < asked.size(); ++i) ASSERT_GE(asked[i] - asked[i - 1], 500);
}

TEST(FirstPli, OnlyTheFirstIsAnsweredFromHistory) {
  FirstPli first;
  EXPECT_EQ(first.OnPli(false), PliAnswer::kAskSource);
  EXPECT_EQ(first.OnPli(true), PliAnswer::kResendFromKeyFrame);
  EXPECT_EQ(first.OnPli(true), PliAnswer::kAskSource);
}

}  // namespace
}  // namespace conclave::media
