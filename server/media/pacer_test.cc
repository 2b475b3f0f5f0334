#include "media/pacer.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::media {
namespace {

constexpr int kPacket = 1228;
constexpr Instant kStart = Instant::FromMicros(5'000'000);

SendPlan Plan(DataRate target, int64_t window_bytes = 0) {
  return {.target = target,
          .pacing = DataRate::Bps(target.bps() * 11 / 10),
          .window_bytes = window_bytes};
}

struct Left {
  Instant at;
  int packets = 0;
};

class PacerTest : public ::testing::Test {
 protected:
  // Sends `count` packets that all wait already, as a send queue does; returns the runs.
  std::vector<Left> SendAll(int count) {
    std::vector<Left> runs;
    load_.queued_bytes = int64_t{count} * kPacket;
    while (load_.queued_bytes > 0) {
      Left run{now_};
      while (load_.queued_bytes > 0 && pacer_.MaySend(load_, now_)) {
        pacer_.OnSent(kPacket, now_);
        load_.queued_bytes -= kPacket;
        ++run.packets;
      }
      if (run.packets > 0) runs.push_back(run);
      if (load_.queued_bytes > 0) now_ = pacer_.NextTime(load_, now_);
    }
    return runs;
  }

  Pacer pacer_;
  PacerLoad load_;
  Instant now_ = kStart;
};

TEST_F(PacerTest, WithoutAPlanNothingWaits) {
  EXPECT_EQ(SendAll(1000).size(), 1u);
  EXPECT_EQ(now_, kStart);
}

TEST_F(PacerTest, ARateOfZeroIsNone) {
  pacer_.SetPlan(Plan(DataRate::Kbps(300)), DataRate::Kbps(300), now_);
  pacer_.SetPlan({}, DataRate::Kbps(300), now_);
  EXPECT_EQ(SendAll(1000).size(), 1u);
  EXPECT_EQ(pacer_.NextTime({}, now_), Instant::Never());
}

TEST_F(PacerTest, ABacklogLeavesAtThePacingRateInBurstsOfFiveMilliseconds) {
  pacer_.SetPlan(Plan(DataRate::Kbps(10'000)), DataRate::Kbps(10'000), now_);
  const std::vector<Left> runs = SendAll(600);
  // 5 ms at 11 Mbps are 6875 bytes.
  for (const Left& run : runs) EXPECT_LE(run.packets, 6);
  EXPECT_GT(runs.size(), 90u);
  const double seconds = (runs.back().at - kStart).seconds();
  EXPECT_NEAR(600 * kPacket * 8 / seconds, 11e6, 0.02 * 11e6);
  for (size_t i = 1; i < runs.size(); ++i) {
    EXPECT_GE(runs[i].at - runs[i - 1].at, Duration::Millis(5)) << "no timer for each packet";
  }
}

TEST_F(PacerTest, AtLeastOnePacketLeavesHoweverSlowThePathIs) {
  pacer_.SetPlan(Plan(DataRate::Kbps(300)), DataRate::Kbps(300), now_);
  const std::vector<Left> runs = SendAll(10);
  ASSERT_EQ(runs.size(), 10u);
  EXPECT_EQ(runs.front().at, kStart);
  // 1228 bytes at 330 kbps.
  EXPECT_NEAR((runs[9].at - runs[0].at).seconds(), 9 * 0.02977, 0.001);
}

TEST_F(PacerTest, ARunOfEightIsKeptWhereThePathCarriesTwiceOfIt) {
  pacer_.SetPlan(Plan(DataRate::Kbps(9000)), DataRate::Kbps(4000), now_);
  EXPECT_EQ(SendAll(8).size(), 1u);
  now_ = now_ + Duration::Seconds(1);
  pacer_.SetPlan(Plan(DataRate::Kbps(9000)), DataRate::Kbps(5000), now_);
  EXPECT_GT(SendAll(8).size(), 1u) << "not twice";
  now_ = now_ + Duration::Seconds(1);
  pacer_.SetPlan(Plan(DataRate::Kbps(4000)), DataRate::Kbps(1000), now_);
  EXPECT_GT(SendAll(8).size(), 1u) << "longer than 10 ms at the estimate";
}

TEST_F(PacerTest, AQueueOfMoreThanTwoSecondsIsSentFaster) {
  pacer_.SetPlan(Plan(DataRate::Kbps(300)), DataRate::Kbps(300), now_);
  SendAll(400);
  // 491 kB would take 12 s; a rate that is the queue over two seconds drains it like e^(-t/2), down
  // to the pacing rate's own two seconds.
  EXPECT_LT(now_ - kStart, Duration::Seconds(6));
  EXPECT_GT(now_ - kStart, Duration::Seconds(3));
}

TEST_F(PacerTest, AudioIsNotAskedForButCounts) {
  pacer_.SetPlan(Plan(DataRate::Kbps(1000)), DataRate::Kbps(1000), now_);
  ASSERT_TRUE(pacer_.MaySend({.queued_bytes = kPacket}, now_));
  for (int i = 0; i < 10; ++i) pacer_.OnSent(200, now_);
  load_.queued_bytes = kPacket;
  EXPECT_FALSE(pacer_.MaySend(load_, now_));
  // 2000 bytes at 1.1 Mbps.
  EXPECT_NEAR((pacer_.NextTime(load_, now_) - now_).seconds(), 0.01455, 0.0001);
}

TEST_F(PacerTest, DebtSilencesForHalfASecondAtMost) {
  pacer_.SetPlan(Plan(DataRate::Kbps(300)), DataRate::Kbps(300), now_);
  for (int i = 0; i < 100; ++i) pacer_.OnSent(kPacket, now_);
  EXPECT_LE(pacer_.NextTime({.queued_bytes = kPacket}, now_) - now_, Pacer::kDebtMax);
}

TEST_F(PacerTest, AFullWindowStopsAllUntilSomethingIsAcknowledged) {
  pacer_.SetPlan(Plan(DataRate::Kbps(5000), 20'000), DataRate::Kbps(5000), now_);
  pacer_.OnSent(kPacket, now_);
  load_ = {.queued_bytes = 5 * kPacket, .in_flight_bytes = 20'000};
  EXPECT_FALSE(pacer_.MaySend(load_, now_));
  now_ = now_ + Duration::Millis(100);
  EXPECT_FALSE(pacer_.MaySend(load_, now_));
  load_.in_flight_bytes = 19'999;
  EXPECT_TRUE(pacer_.MaySend(load_, now_));
}

TEST_F(PacerTest, AWindowThatNothingOpensLetsAPacketThroughNowAndThen) {
  pacer_.SetPlan(Plan(DataRate::Kbps(5000), 20'000), DataRate::Kbps(5000), now_);
  pacer_.OnSent(kPacket, now_);
  load_ = {.queued_bytes = 5 * kPacket, .in_flight_bytes = 30'000};
  ASSERT_FALSE(pacer_.MaySend(load_, now_));
  now_ = pacer_.NextTime(load_, now_);
  EXPECT_EQ(now_ - kStart, Pacer::kBlockedMax);
  EXPECT_TRUE(pacer_.MaySend(load_, now_));
  pacer_.OnSent(kPacket, now_);
  EXPECT_FALSE(pacer_.MaySend(load_, now_)) << "one only";
}

TEST_F(PacerTest, PaddingFillsUpToItsRateAndNoFurther) {
  SendPlan plan = Plan(DataRate::Kbps(1000));
  plan.padding = DataRate::Kbps(400);
  pacer_.SetPlan(plan, DataRate::Kbps(100), now_);
  int64_t bytes = 0;
  while (now_ - kStart < Duration::Seconds(2)) {
    if (pacer_.MayPad(load_, now_)) {
      pacer_.OnSent(283, now_);
      bytes += 283;
    }
    now_ = pacer_.NextTime(load_, now_);
  }
  EXPECT_NEAR(static_cast<double>(bytes) * 8 / 2, 400e3, 10e3);
}

TEST_F(PacerTest, MediaThatFillsItsRateLeavesNoPadding) {
  SendPlan plan = Plan(DataRate::Kbps(1000));
  plan.padding = DataRate::Kbps(400);
  pacer_.SetPlan(plan, DataRate::Kbps(1000), now_);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(i > 0 && pacer_.MayPad(load_, now_));
    pacer_.OnSent(kPacket, now_);
    // 982 kbps.
    now_ = now_ + Duration::Millis(10);
  }
}

TEST_F(PacerTest, WithNothingToSendThereIsNoTimer) {
  pacer_.SetPlan(Plan(DataRate::Kbps(1000)), DataRate::Kbps(100), now_);
  pacer_.OnSent(kPacket, now_);
  EXPECT_EQ(pacer_.NextTime({}, now_), Instant::Never());
}

}  // namespace
}  // namespace conclave::media
