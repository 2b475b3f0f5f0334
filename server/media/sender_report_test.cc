#include "media/sender_report.h"

#include <gtest/gtest.h>

#include "media/receive_statistics.h"
#include "media/test_support.h"

namespace conclave::media {
namespace {

const NtpClock kClock = NtpClock::FromUnix(AtMs(0), int64_t{1'700'000'000} * 1'000'000);

TEST(SenderReport, SaysNothingBeforeTheFirstPacket) {
  SlotRewriter slot(90000, {});
  EXPECT_FALSE(SenderCounters().Report(AtMs(0), kClock, slot));
}

TEST(SenderReport, TiesTheSlotsClockToTheServers) {
  SlotRewriter slot(90000, {1, 5000, 0, 0});
  SenderCounters counters;
  slot.Forward(AtMs(1000), MakeInfo(70000, 777));
  counters.OnSent(1200);
  counters.OnSent(300);
  const auto report = counters.Report(AtMs(1500), kClock, slot);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->ntp_time, kClock.At(AtMs(1500)));
  EXPECT_EQ(report->rtp_timestamp, 5000u + 45000u);
  EXPECT_EQ(report->packets_sent, 2u);
  EXPECT_EQ(report->bytes_sent, 1500u);
}

TEST(SenderReport, StaysOnOneLineOverSwitches) {
  SlotRewriter slot(90000, {1, 5000, 0, 0});
  SenderCounters counters;
  slot.Forward(AtMs(0), MakeInfo(70000, 0));
  const auto before = counters.Report(AtMs(10), kClock, slot);
  slot.BeginSource();
  slot.Forward(AtMs(4000), MakeInfo(5, 0x7fffffff));
  const auto after = counters.Report(AtMs(4010), kClock, slot);
  EXPECT_EQ(after->rtp_timestamp - before->rtp_timestamp, 4000u * 90u);
}

// The other end's statistics echo our report: the path's delay comes out.
TEST(RoundTrip, IsWhatTheEchoTells) {
  ReceiveStatistics remote(1, 90000);
  remote.OnPacket(AtMs(0), 65536, 0);
  remote.OnSenderReport(AtMs(1040), kClock.At(AtMs(1000)));
  const auto block = remote.TakeBlock(AtMs(3040));
  const auto rtt = RoundTrip(AtMs(3100), kClock, *block);
  ASSERT_TRUE(rtt);
  EXPECT_NEAR(static_cast<double>(rtt->us()), 100'000, 50);
}

TEST(RoundTrip, NonsenseIsRefused) {
  EXPECT_FALSE(RoundTrip(AtMs(0), kClock, {}));
  const uint32_t sent = MiddleNtp(kClock.At(AtMs(1000)));
  EXPECT_EQ(RoundTrip(AtMs(1000), kClock, {.last_sr = sent, .delay_since_last_sr = 3}), Duration());
  EXPECT_FALSE(RoundTrip(AtMs(1000), kClock, {.last_sr = sent, .delay_since_last_sr = 65536}));
  EXPECT_FALSE(RoundTrip(AtMs(12000), kClock, {.last_sr = sent}));
}

TEST(RttEstimate, FollowsSlowly) {
  RttEstimate estimate;
  EXPECT_EQ(estimate.rtt(), RttEstimate::kInitial);
  estimate.OnSample(Duration::Millis(40));
  EXPECT_EQ(estimate.rtt(), Duration::Millis(40));
  estimate.OnSample(Duration::Millis(120));
  EXPECT_EQ(estimate.rtt(), Duration::Millis(50));
}

}  // namespace
}  // namespace conclave::media
