#include "media/receive_statistics.h"

#include <gtest/gtest.h>

#include "media/test_support.h"

namespace conclave::media {
namespace {

constexpr int64_t kCycle = 65536;

TEST(ReceiveStatistics, SaysNothingBeforeTheFirstPacket) {
  ReceiveStatistics stats(7, 90000);
  EXPECT_FALSE(stats.TakeBlock(AtMs(0)));
}

TEST(ReceiveStatistics, CountsLossPerIntervalAndInAll) {
  ReceiveStatistics stats(7, 90000);
  for (int i = 0; i < 100; ++i) {
    if (i % 4 != 1) stats.OnPacket(AtMs(i), kCycle + 65500 + i, static_cast<uint32_t>(90 * i));
  }
  auto block = stats.TakeBlock(AtMs(100));
  ASSERT_TRUE(block);
  EXPECT_EQ(block->ssrc, 7u);
  EXPECT_EQ(block->fraction_lost, 64);
  EXPECT_EQ(block->cumulative_lost, 25);
  // 65599: one cycle and 63.
  EXPECT_EQ(block->highest_sequence, 0x1003fu);
  for (int i = 100; i < 200; ++i) {
    stats.OnPacket(AtMs(i), kCycle + 65500 + i, static_cast<uint32_t>(90 * i));
  }
  block = stats.TakeBlock(AtMs(200));
  EXPECT_EQ(block->fraction_lost, 0);
  EXPECT_EQ(block->cumulative_lost, 25);
}

TEST(ReceiveStatistics, RepeatsMakeTheLossNegativeAndTheFractionZero) {
  ReceiveStatistics stats(7, 90000);
  for (int i = 0; i < 10; ++i) {
    stats.OnPacket(AtMs(i), kCycle + i, 0);
    stats.OnPacket(AtMs(i), kCycle + i, 0);
  }
  const auto block = stats.TakeBlock(AtMs(10));
  EXPECT_EQ(block->cumulative_lost, -10);
  EXPECT_EQ(block->fraction_lost, 0);
}

TEST(ReceiveStatistics, ATotalLossSaysSo) {
  ReceiveStatistics stats(7, 90000);
  stats.OnPacket(AtMs(0), kCycle, 0);
  stats.TakeBlock(AtMs(1));
  stats.OnPacket(AtMs(2), kCycle + 1000, 0);
  EXPECT_EQ(stats.TakeBlock(AtMs(3))->fraction_lost, 255);
}

TEST(ReceiveStatistics, ARestartOfTheNumberingIsNoLoss) {
  ReceiveStatistics stats(7, 90000);
  stats.OnPacket(AtMs(0), kCycle + 100, 0);
  stats.OnPacket(AtMs(1), kCycle + 100 + 40000, 0);
  stats.OnPacket(AtMs(2), kCycle + 100 + 40001, 0);
  EXPECT_EQ(stats.TakeBlock(AtMs(3))->cumulative_lost, 0);
}

TEST(ReceiveStatistics, SteadyArrivalHasNoJitter) {
  ReceiveStatistics stats(7, 48000);
  for (int i = 0; i < 500; ++i) {
    stats.OnPacket(AtMs(1000000 + 20 * i), kCycle + i, static_cast<uint32_t>(4294967000 + 960 * i));
  }
  EXPECT_EQ(stats.TakeBlock(AtMs(20000))->jitter, 0u);
}

TEST(ReceiveStatistics, JitterConvergesToTheMeanDifference) {
  ReceiveStatistics stats(7, 90000);
  // Every second packet is 4 ms late: successive transit times differ by 4 ms, 360 units.
  for (int i = 0; i < 1000; ++i) {
    stats.OnPacket(AtMs(20 * i + (i % 2) * 4), kCycle + i, static_cast<uint32_t>(1800 * i));
  }
  EXPECT_NEAR(stats.TakeBlock(AtMs(20000))->jitter, 360, 8);
}

TEST(ReceiveStatistics, AJumpOfTheSendersClockIsNotJitter) {
  ReceiveStatistics stats(7, 90000);
  stats.OnPacket(AtMs(0), kCycle, 0);
  stats.OnPacket(AtMs(20), kCycle + 1, 0x80000000);
  stats.OnPacket(AtMs(40), kCycle + 2, 0x80000000 + 1800);
  EXPECT_EQ(stats.TakeBlock(AtMs(50))->jitter, 0u);
}

TEST(ReceiveStatistics, EchoesTheLastSenderReport) {
  ReceiveStatistics stats(7, 90000);
  stats.OnPacket(AtMs(0), kCycle, 0);
  EXPECT_EQ(stats.TakeBlock(AtMs(1))->last_sr, 0u);
  stats.OnSenderReport(AtMs(1000), 0x11112222'33334444);
  const auto block = stats.TakeBlock(AtMs(3500));
  EXPECT_EQ(block->last_sr, 0x22223333u);
  EXPECT_EQ(block->delay_since_last_sr, 65536u * 5 / 2);
}

}  // namespace
}  // namespace conclave::media
