#include "media/bwe/feedback_matcher.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

SentPacket Packet(int64_t sequence) {
  return {sequence, Instant::FromMicros(sequence * 1000), 1000, PacketKind::kVideo, kNoProbe};
}

std::vector<PacketResult> Report(FeedbackMatcher& matcher, uint16_t base, Duration reference,
                                 std::vector<wire::TwccStatus> statuses) {
  std::vector<PacketResult> out;
  matcher.OnFeedback({base, 0, reference}, statuses, out);
  return out;
}

wire::TwccStatus Got(uint16_t sequence, int64_t delta_ms = 1) {
  return {sequence, true, Duration::Millis(delta_ms)};
}

TEST(FeedbackMatcher, JoinsWhatWasSentWithWhenItArrived) {
  FeedbackMatcher matcher;
  for (int i = 0; i < 3; ++i) matcher.OnSent(Packet(i));
  EXPECT_EQ(matcher.bytes_in_flight(), 3000);
  const auto results =
      Report(matcher, 0, Duration::Millis(640), {Got(0), {1, false, {}}, Got(2, 4)});
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0].packet.sent, Instant::FromMicros(0));
  EXPECT_FALSE(results[1].received);
  EXPECT_EQ(results[2].arrival - results[0].arrival, Duration::Millis(4));
  EXPECT_EQ(matcher.bytes_in_flight(), 0);
}

TEST(FeedbackMatcher, ReportsALossOnceAndItsRecoveryOnce) {
  FeedbackMatcher matcher;
  for (int i = 0; i < 2; ++i) matcher.OnSent(Packet(i));
  EXPECT_EQ(Report(matcher, 0, {}, {{0, false, {}}, Got(1)}).size(), 2u);
  EXPECT_TRUE(Report(matcher, 0, {}, {{0, false, {}}, Got(1)}).empty());
  const auto late = Report(matcher, 0, {}, {Got(0)});
  ASSERT_EQ(late.size(), 1u);
  EXPECT_TRUE(late[0].recovered);
  EXPECT_TRUE(Report(matcher, 0, {}, {Got(0)}).empty());
}

TEST(FeedbackMatcher, IgnoresWhatWasNeverSent) {
  FeedbackMatcher matcher;
  EXPECT_TRUE(Report(matcher, 7, {}, {Got(7)}).empty());
  matcher.OnSent(Packet(0));
  EXPECT_TRUE(Report(matcher, 1, {}, {Got(1), Got(2)}).empty());
  EXPECT_TRUE(Report(matcher, 65535, {}, {Got(65535)}).empty());
}

TEST(FeedbackMatcher, NumbersAndReferenceTimesWrap) {
  FeedbackMatcher matcher;
  for (int64_t i = 65530; i < 65545; ++i) matcher.OnSent(Packet(i));
  const auto last =
      Report(matcher, 65535, wire::kTwccReferenceStep * ((1 << 23) - 1), {Got(65535)});
  const auto next = Report(matcher, 0, wire::kTwccReferenceStep * -(1 << 23), {Got(0)});
  ASSERT_EQ(last.size(), 1u);
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].packet.sequence, 65536);
  EXPECT_EQ(next[0].arrival - last[0].arrival, wire::kTwccReferenceStep);
}

TEST(FeedbackMatcher, ForgetsWhatIsTooOld) {
  FeedbackMatcher matcher;
  for (int64_t i = 0; i <= FeedbackMatcher::kCapacity; ++i) matcher.OnSent(Packet(i));
  EXPECT_TRUE(Report(matcher, 0, {}, {Got(0)}).empty());
  EXPECT_EQ(Report(matcher, 1, {}, {Got(1)}).size(), 1u);
}

TEST(FeedbackMatcher, GrowsWhereMoreIsOnTheWayThanItHasRoomFor) {
  FeedbackMatcher matcher(16);
  for (int64_t i = 0; i < 100; ++i) matcher.OnSent(Packet(i));
  const auto results = Report(matcher, 0, {}, {Got(0), Got(50), Got(99)});
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0].packet.sent, Instant::FromMicros(0));
  EXPECT_EQ(results[1].packet.sent, Instant::FromMicros(50'000));
  EXPECT_EQ(results[0].sent_bytes, 1000);
  EXPECT_EQ(results[1].sent_bytes, 51'000);
  EXPECT_EQ(results[2].sent_bytes, 100'000);
}

TEST(FeedbackMatcher, SendTimesAreWholeAfterHours) {
  FeedbackMatcher matcher;
  SentPacket packet = Packet(0);
  packet.sent = Instant() + Duration::Seconds(100'000);
  matcher.OnSent(packet);
  packet = Packet(1);
  packet.sent = Instant() + Duration::Seconds(100'002);
  matcher.OnSent(packet);
  const auto results = Report(matcher, 0, {}, {Got(0), Got(1)});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].packet.sent, Instant() + Duration::Seconds(100'000));
  EXPECT_EQ(results[1].packet.sent, Instant() + Duration::Seconds(100'002));
}

TEST(FeedbackMatcher, WhereNumbersJumpWhatWasBeforeIsForgotten) {
  FeedbackMatcher matcher(16);
  for (int64_t i = 0; i < 10; ++i) matcher.OnSent(Packet(i));
  matcher.OnSent(Packet(20));
  EXPECT_TRUE(Report(matcher, 4, {}, {Got(4), Got(9), Got(15)}).empty());
  EXPECT_EQ(Report(matcher, 20, {}, {Got(20)}).size(), 1u);
}

}  // namespace
}  // namespace conclave::media
