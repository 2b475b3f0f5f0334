#include "media/bwe/available_rate.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

constexpr double kMbps = 1e6;
Instant At(int seconds) { return Instant() + Duration::Seconds(seconds); }

TEST(AvailableRate, ABurstThatMeetsNoQueueFits) {
  AvailableRate available;
  EXPECT_EQ(available.OnProbe({1.6 * kMbps, 1.6 * kMbps}, 1.6 * kMbps, kMbps, At(1)), 1.6 * kMbps);
  EXPECT_FALSE(available.queued());
}

TEST(AvailableRate, OnALinkOfOnesOwnABurstGetsWhatItMeasures) {
  AvailableRate available;
  // 3 Mbps arrive at 2: the link carries 2, and all of it is ours.
  EXPECT_NEAR(available.OnProbe({3 * kMbps, 2 * kMbps}, 2 * kMbps, kMbps, At(1)), 2 * kMbps, 1);
  EXPECT_TRUE(available.queued());
}

TEST(AvailableRate, WhatABurstTakesFromOthersIsNotThere) {
  AvailableRate available;
  available.OnThroughput(3.5 * kMbps, At(1));
  // 3.5 Mbps of which others send 2.5: a burst of 1.6 arrives at 1.37, but only 1 is free.
  const double arrives = 3.5 * 1.6 / (1.6 + 2.5) * kMbps;
  EXPECT_NEAR(available.OnProbe({1.6 * kMbps, arrives}, arrives, .8 * kMbps, At(2)), kMbps, 1);
}

TEST(AvailableRate, NeverSpeaksAgainstThePresentRate) {
  AvailableRate available;
  available.OnThroughput(10 * kMbps, At(1));
  EXPECT_EQ(available.OnProbe({2 * kMbps, 1.2 * kMbps}, 1.2 * kMbps, kMbps, At(2)), kMbps);
}

TEST(AvailableRate, ForgetsALinkThatWasFaster) {
  AvailableRate available;
  available.OnThroughput(10 * kMbps, At(1));
  EXPECT_NEAR(available.OnProbe({3 * kMbps, 2 * kMbps}, 2 * kMbps, kMbps, At(60)), 2 * kMbps, 1);
}

}  // namespace
}  // namespace conclave::media
