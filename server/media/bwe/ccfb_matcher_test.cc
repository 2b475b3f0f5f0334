#include "media/bwe/ccfb_matcher.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

using wire::CcfbStatus;
using wire::Ecn;

struct Sender {
  FeedbackMatcher packets;
  CcfbMatcher ccfb;
  int64_t next = 0;

  void Send(uint32_t ssrc, uint16_t sequence) {
    ccfb.OnSent(ssrc, sequence, next);
    packets.OnSent({next, Instant::FromMicros(next * 1000), 1000, PacketKind::kVideo, kNoProbe});
    ++next;
  }
  std::vector<PacketResult> Report(uint32_t time, std::vector<CcfbStatus> statuses) {
    std::vector<PacketResult> out;
    ccfb.OnFeedback(time, statuses, packets, out);
    return out;
  }
};

CcfbStatus Got(uint32_t ssrc, uint16_t sequence, int64_t ms, Ecn ecn = Ecn::kNotEct) {
  return {ssrc, sequence, true, ecn, Duration::Millis(ms)};
}

TEST(CcfbMatcher, JoinsStreamsInTheOrderOfSending) {
  Sender sender;
  sender.Send(1, 65535);
  sender.Send(2, 10);
  sender.Send(1, 0);
  const auto results = sender.Report(
      65536, {Got(1, 65535, 30), Got(1, 0, 10, Ecn::kCe), {2, 10, false, Ecn::kNotEct, {}}});
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[1].packet.sequence, 1);
  EXPECT_FALSE(results[1].received);
  EXPECT_EQ(results[2].arrival - results[0].arrival, Duration::Millis(20));
  EXPECT_TRUE(results[2].congestion_experienced);
  EXPECT_FALSE(results[0].congestion_experienced);
}

TEST(CcfbMatcher, ReportsOverlapButEachFateIsToldOnce) {
  Sender sender;
  sender.Send(1, 1);
  sender.Send(1, 2);
  EXPECT_EQ(sender.Report(65536, {{1, 1, false, Ecn::kNotEct, {}}, Got(1, 2, 5)}).size(), 2u);
  const auto again = sender.Report(65536 + 3277, {Got(1, 1, 20), Got(1, 2, 55)});
  ASSERT_EQ(again.size(), 1u);
  EXPECT_TRUE(again[0].recovered);
}

TEST(CcfbMatcher, TimeGoesOnWhereTheReportTimeWraps) {
  Sender sender;
  sender.Send(1, 1);
  sender.Send(1, 2);
  const auto before = sender.Report(0xffff0000, {Got(1, 1, 0)});
  const auto after = sender.Report(0x00010000, {Got(1, 2, 0)});
  ASSERT_EQ(before.size(), 1u);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].arrival - before[0].arrival, Duration::Seconds(2));
}

TEST(CcfbMatcher, WhatNobodySentIsNoNews) {
  Sender sender;
  sender.Send(1, 1);
  EXPECT_TRUE(sender.Report(0, {Got(2, 1, 0), Got(1, 2, 0), Got(1, 1 + 2048, 0)}).empty());
  EXPECT_TRUE(sender.Report(0, {{1, 1, true, Ecn::kNotEct, {}}}).empty());
}

TEST(CcfbMatcher, ForgetsTheStreamThatWasSilentForLongest) {
  Sender sender;
  for (uint32_t ssrc = 0; ssrc <= CcfbMatcher::kStreamsMax; ++ssrc) sender.Send(ssrc, 1);
  EXPECT_TRUE(sender.Report(0, {Got(0, 1, 0)}).empty());
  EXPECT_EQ(sender.Report(0, {Got(1, 1, 0)}).size(), 1u);
}

}  // namespace
}  // namespace conclave::media
