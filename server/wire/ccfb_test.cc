#include "wire/ccfb.h"

#include <gtest/gtest.h>

#include "wire/rtcp.h"

namespace conclave::wire {
namespace {

// Two reports of SSRC 1 from 65535 on (received with CE 512/1024 s ago; lost), one of SSRC 2
// (received after the report's time).
const std::vector<uint8_t> kBody = {0, 0, 0, 1, 0xff, 0xff, 0,    2,    0xe2, 0, 0, 0, 0,    0,
                                    0, 2, 0, 7, 0,    1,    0x9f, 0xff, 0,    0, 0, 1, 0x80, 0};

TEST(Ccfb, TellsWhatArrivedAndWhen) {
  std::vector<CcfbStatus> statuses;
  const auto time = ParseCcfb(kBody, statuses);
  ASSERT_TRUE(time);
  EXPECT_EQ(CcfbTime(*time), Duration::Millis(1500));
  ASSERT_EQ(statuses.size(), 3u);
  EXPECT_EQ(statuses[0], (CcfbStatus{1, 65535, true, Ecn::kCe, Duration::Millis(500)}));
  EXPECT_EQ(statuses[1], (CcfbStatus{1, 0, false, Ecn::kNotEct, {}}));
  EXPECT_EQ(statuses[2], (CcfbStatus{2, 7, true, Ecn::kNotEct, {}}));
}

TEST(Ccfb, WhatIsWrittenIsRead) {
  const std::vector<CcfbStatus> statuses = {
      {1, 65534, true, Ecn::kEct1, Duration::Millis(250)},
      {1, 65535, false, Ecn::kNotEct, {}},
      {1, 0, true, Ecn::kCe, Duration()},
      // A gap begins a report of its own.
      {1, 5, true, Ecn::kEct0, {}},
      {9, 6, true, Ecn::kNotEct, Duration::Seconds(7)},
  };
  std::vector<uint8_t> bytes(200);
  ByteWriter writer(bytes);
  WriteCcfb(77, 0x12345678, statuses, writer);
  ASSERT_TRUE(writer.ok());
  auto compound = ParseRtcp(writer.written());
  ASSERT_TRUE(compound);
  const auto block = compound->Next();
  ASSERT_TRUE(block && std::holds_alternative<RtcpCcfb>(*block));
  EXPECT_EQ(std::get<RtcpCcfb>(*block).sender_ssrc, 77u);
  std::vector<CcfbStatus> again;
  EXPECT_EQ(ParseCcfb(std::get<RtcpCcfb>(*block).body, again), 0x12345678u);
  EXPECT_EQ(again, statuses);
}

TEST(Ccfb, LongAgoIsNotATime) {
  const std::vector<CcfbStatus> statuses = {{1, 1, true, Ecn::kNotEct, Duration::Seconds(9)}};
  std::vector<uint8_t> bytes(40);
  ByteWriter writer(bytes);
  WriteCcfb(1, 0, statuses, writer);
  std::vector<CcfbStatus> again;
  ASSERT_TRUE(ParseCcfb(writer.written().subspan(8), again));
  EXPECT_FALSE(again.at(0).before_report);
}

TEST(Ccfb, RefusesWhatIsCutShortAndLeavesNothing) {
  for (size_t size = 0; size < kBody.size(); ++size) {
    std::vector<CcfbStatus> statuses;
    const auto time = ParseCcfb(std::span(kBody).first(size), statuses);
    // A cut between two reports makes the next one's SSRC the time.
    EXPECT_EQ(time.has_value(), size == 4 || size == 16) << size;
    if (!time) {
      EXPECT_TRUE(statuses.empty());
    }
  }
}

TEST(Ccfb, RefusesMoreReportsThanAnSsrcMayHave) {
  std::vector<uint8_t> body = {0, 0, 0, 1, 0, 0, 0x40, 1};
  body.resize(8 + 2 * (kCcfbReportsMax + 2) + 4);
  std::vector<CcfbStatus> statuses;
  EXPECT_FALSE(ParseCcfb(body, statuses));
  body[7] = 0;
  body.resize(8 + 2 * kCcfbReportsMax + 4);
  EXPECT_TRUE(ParseCcfb(body, statuses));
  EXPECT_EQ(statuses.size(), kCcfbReportsMax);
}

}  // namespace
}  // namespace conclave::wire
