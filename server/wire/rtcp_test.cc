#include "wire/rtcp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace conclave::wire {
namespace {

using Bytes = std::vector<uint8_t>;

template <typename Write>
Bytes Written(Write write) {
  Bytes buffer(4000);
  ByteWriter writer(buffer);
  write(writer);
  EXPECT_TRUE(writer.ok());
  buffer.resize(writer.size());
  return buffer;
}

// The only block of the compound, which must be a T.
template <typename T>
T Only(const Bytes& bytes) {
  auto compound = ParseRtcp(bytes);
  EXPECT_TRUE(compound);
  const auto block = compound->Next();
  EXPECT_TRUE(block);
  EXPECT_FALSE(compound->Next());
  const T* value = std::get_if<T>(&*block);
  EXPECT_NE(value, nullptr);
  return value != nullptr ? *value : T{};
}

ReportBlock Block(uint32_t ssrc, int32_t lost) {
  return {.ssrc = ssrc,
          .fraction_lost = 200,
          .cumulative_lost = lost,
          .highest_sequence = 0x10203,
          .jitter = 44,
          .last_sr = 0xdeadbeef,
          .delay_since_last_sr = 65536};
}

TEST(Rtcp, RoundTripsSenderReports) {
  const SenderInfo info = {
      .ntp_time = 0x1122334455667788, .rtp_timestamp = 9, .packets_sent = 10, .bytes_sent = 11};
  const std::vector<ReportBlock> blocks = {Block(1, 5), Block(2, -5)};
  const Bytes bytes = Written([&](auto& out) { WriteSenderReport(7, info, blocks, out); });
  EXPECT_EQ(bytes[1], 200);
  const auto report = Only<RtcpSenderReport>(bytes);
  EXPECT_EQ(report.sender_ssrc, 7u);
  EXPECT_EQ(report.info, info);
  ASSERT_EQ(report.blocks.size(), 2u);
  EXPECT_EQ(report.blocks[0], blocks[0]);
  EXPECT_EQ(report.blocks[1], blocks[1]);
}

TEST(Rtcp, ClampsCumulativeLossTo24Bits) {
  const std::vector<ReportBlock> blocks = {Block(1, std::numeric_limits<int32_t>::max()),
                                           Block(2, std::numeric_limits<int32_t>::min())};
  const Bytes bytes = Written([&](auto& out) { WriteReceiverReport(7, blocks, out); });
  const auto report = Only<RtcpReceiverReport>(bytes);
  ASSERT_EQ(report.blocks.size(), 2u);
  EXPECT_EQ(report.blocks[0].cumulative_lost, 0x7fffff);
  EXPECT_EQ(report.blocks[1].cumulative_lost, -0x800000);
}

TEST(Rtcp, RoundTripsCnamesOfEveryLength) {
  for (size_t size = 0; size <= 255; ++size) {
    const std::string cname(size, 'c');
    const Bytes bytes = Written([&](auto& out) { WriteSdesCname(3, cname, out); });
    const auto sdes = Only<RtcpSdes>(bytes);
    EXPECT_EQ(sdes.ssrc, 3u);
    EXPECT_EQ(sdes.cname, cname);
  }
}

TEST(Rtcp, FindsTheCnameBehindOtherItemsAndChunks) {
  const Bytes bytes = {0x82, 202, 0, 6,                //
                       0,    0,   0, 1, 2, 1, 'n', 0,  //
                       0,    0,   0, 2, 6, 1, 't', 1, 2, 'a', 'b', 0, 0, 0, 0, 0};
  Bytes exact = bytes;
  exact[3] = static_cast<uint8_t>(exact.size() / 4 - 1);
  const auto sdes = Only<RtcpSdes>(exact);
  EXPECT_EQ(sdes.ssrc, 2u);
  EXPECT_EQ(sdes.cname, "ab");
}

TEST(Rtcp, RoundTripsByes) {
  const std::vector<uint32_t> ssrcs = {1, 0xffffffff};
  const auto bye = Only<RtcpBye>(Written([&](auto& out) { WriteBye(ssrcs, out); }));
  ASSERT_EQ(bye.ssrcs.size(), 2u);
}

TEST(Rtcp, PacksAndExpandsNacksAcrossTheWrap) {
  const std::vector<uint16_t> lost = {65530, 65535, 0, 10, 11, 28, 500};
  const Bytes bytes = Written([&](auto& out) { WriteNack(1, 2, lost, out); });
  const auto nack = Only<RtcpNack>(bytes);
  EXPECT_EQ(nack.sender_ssrc, 1u);
  EXPECT_EQ(nack.media_ssrc, 2u);
  EXPECT_EQ(nack.items.size(), 4u);
  std::vector<uint16_t> expanded(100);
  expanded.resize(ExpandNack(nack, expanded));
  EXPECT_EQ(expanded, lost);
  std::vector<uint16_t> few(3);
  EXPECT_EQ(ExpandNack(nack, few), 3u);
}

TEST(Rtcp, RoundTripsKeyFrameRequests) {
  const auto pli = Only<RtcpPli>(Written([](auto& out) { WritePli(1, 2, out); }));
  EXPECT_EQ(pli.sender_ssrc, 1u);
  EXPECT_EQ(pli.media_ssrc, 2u);
  const std::vector<FirItem> items = {{5, 6}, {7, 255}};
  const Bytes bytes = Written([&](auto& out) { WriteFir(1, items, out); });
  const auto fir = Only<RtcpFir>(bytes);
  ASSERT_EQ(fir.items.size(), 2u);
  EXPECT_EQ(fir.items[0], items[0]);
  EXPECT_EQ(fir.items[1], items[1]);
}

TEST(Rtcp, RoundTripsRembDownToItsMantissa) {
  const std::vector<uint32_t> ssrcs = {1, 2, 3};
  for (const int64_t bps : {int64_t{0}, int64_t{1}, int64_t{262143}, int64_t{2'500'000},
                            int64_t{100'000'000'000}, std::numeric_limits<int64_t>::max()}) {
    const Bytes bytes = Written([&](auto& out) { WriteRemb(1, bps, ssrcs, out); });
    const auto remb = Only<RtcpRemb>(bytes);
    EXPECT_LE(remb.bitrate_bps, bps);
    EXPECT_GE(remb.bitrate_bps, bps - (bps >> 17));
    ASSERT_EQ(remb.ssrcs.size(), 3u);
    EXPECT_EQ(remb.ssrcs[2], 3u);
  }
}

TEST(Rtcp, SaturatesAnAbsurdRemb) {
  Bytes bytes = Written([](auto& out) { WriteRemb(1, 1, {}, out); });
  bytes[17] = 0xff;
  EXPECT_EQ(Only<RtcpRemb>(bytes).bitrate_bps, std::numeric_limits<int64_t>::max());
  // 3 * 2^62 is the smallest kind of too much.
  bytes[17] = 62 << 2;
  bytes[19] = 3;
  EXPECT_EQ(Only<RtcpRemb>(bytes).bitrate_bps, std::numeric_limits<int64_t>::max());
}

TEST(Rtcp, WalksACompound) {
  const std::vector<uint16_t> lost = {9};
  const Bytes bytes = Written([&](auto& out) {
    WriteReceiverReport(1, {}, out);
    WriteSdesCname(1, "x", out);
    WriteNack(1, 2, lost, out);
    WritePli(1, 2, out);
  });
  auto compound = ParseRtcp(bytes);
  ASSERT_TRUE(compound);
  std::vector<size_t> kinds;
  while (const auto block = compound->Next()) kinds.push_back(block->index());
  EXPECT_EQ(kinds, (std::vector<size_t>{2, 3, 5, 7}));
}

TEST(Rtcp, RejectsTheWholeCompoundForOneBadLength) {
  Bytes bytes = Written([&](auto& out) {
    WritePli(1, 2, out);
    WritePli(1, 2, out);
  });
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ParseRtcp(std::span(bytes).first(size)).has_value(), size == 12) << size;
  }
  bytes[12] = 0x41;
  EXPECT_FALSE(ParseRtcp(bytes));
  bytes[12] = 0x81;
  bytes[15] = 3;
  EXPECT_FALSE(ParseRtcp(bytes));
}

TEST(Rtcp, TakesPaddingOff) {
  Bytes padded = Written([](auto& out) { WritePli(1, 2, out); });
  padded[0] |= 0x20;
  padded[3] = 3;
  padded.insert(padded.end(), {0, 0, 0, 4});
  EXPECT_EQ(Only<RtcpPli>(padded).media_ssrc, 2u);
  for (const uint8_t count : Bytes{0, 20}) {
    Bytes bad = padded;
    bad.back() = count;
    EXPECT_FALSE(ParseRtcp(bad)) << int{count};
  }
}

TEST(Rtcp, IgnoresANackOfWhichPaddingLeavesLessThanOneItem) {
  const std::vector<uint16_t> lost = {7};
  Bytes nack = Written([&](auto& out) { WriteNack(1, 2, lost, out); });
  nack[0] |= 0x20;
  for (const uint8_t padding : Bytes{1, 2, 3, 4}) {
    nack.back() = padding;
    EXPECT_EQ(Only<RtcpIgnored>(nack).packet_type, 205) << int{padding};
  }
}

// As Chromium sends them, two in one packet: three received packets each, filled up with three
// bytes.
TEST(Rtcp, TakesTransportFeedbackThatIsFilledUpToAWord) {
  const Bytes feedback = {0xaf, 205, 0, 6, 0, 0, 0,    1, 0, 0, 0, 2, 0, 10,
                          0,    3,   0, 0, 1, 7, 0x20, 3, 4, 4, 4, 0, 0, 3};
  Bytes both = feedback;
  both.insert(both.end(), feedback.begin(), feedback.end());
  auto compound = ParseRtcp(both);
  ASSERT_TRUE(compound);
  for (int i = 0; i < 2; ++i) {
    const auto block = compound->Next();
    ASSERT_TRUE(block && std::holds_alternative<RtcpTwcc>(*block));
    const auto& twcc = std::get<RtcpTwcc>(*block);
    EXPECT_EQ(twcc.media_ssrc, 2u);
    EXPECT_THAT(twcc.body, testing::ElementsAre(0, 10, 0, 3, 0, 0, 1, 7, 0x20, 3, 4, 4, 4));
  }
  EXPECT_FALSE(compound->Next());
}

TEST(Rtcp, BoundsTheNumberOfBlocks) {
  const auto many = [](size_t count) {
    return Written([&](auto& out) {
      for (size_t i = 0; i < count; ++i) WriteBye({}, out);
    });
  };
  EXPECT_TRUE(ParseRtcp(many(kRtcpBlocksMax)));
  EXPECT_FALSE(ParseRtcp(many(kRtcpBlocksMax + 1)));
}

TEST(Rtcp, IgnoresWhatItDoesNotKnowOrUnderstand) {
  // XR, a report with fewer blocks than its count says, an unknown feedback, an empty NACK.
  for (const Bytes& bytes : {Bytes{0x80, 207, 0, 1, 0, 0, 0, 1}, Bytes{0x81, 201, 0, 1, 0, 0, 0, 1},
                             Bytes{0x85, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4},
                             Bytes{0x81, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2}, Bytes{0x81, 203, 0, 0},
                             Bytes{0x8f, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B'},
                             Bytes{0x84, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}}) {
    const auto ignored = Only<RtcpIgnored>(bytes);
    EXPECT_EQ(ignored.packet_type, bytes[1]);
    EXPECT_EQ(ignored.format, bytes[0] & 0x1f);
  }
}

}  // namespace
}  // namespace conclave::wire
