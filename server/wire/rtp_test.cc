#include "wire/rtp.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "wire/rtp_extensions.h"

namespace conclave::wire {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes Written(const RtpHeader& header, const Bytes& payload, uint8_t padding = 0) {
  Bytes buffer(2000);
  ByteWriter writer(buffer);
  WriteRtpHeader(header, writer);
  EXPECT_EQ(writer.size(), RtpHeaderBytes(header));
  writer.Bytes(payload);
  WriteRtpPadding(padding, writer);
  EXPECT_TRUE(writer.ok());
  buffer.resize(writer.size());
  return buffer;
}

Bytes ToBytes(std::span<const uint8_t> span) { return {span.begin(), span.end()}; }

// A packet with this extension block (profile, bytes) and one byte of payload.
Bytes WithExtensions(uint16_t profile, const Bytes& block) {
  Bytes packet = {0x90, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3};
  packet.push_back(static_cast<uint8_t>(profile >> 8));
  packet.push_back(static_cast<uint8_t>(profile));
  packet.push_back(0);
  packet.push_back(static_cast<uint8_t>(block.size() / 4));
  packet.insert(packet.end(), block.begin(), block.end());
  packet.push_back(0xaa);
  return packet;
}

TEST(Rtp, ReadsEveryFieldOfTheHeader) {
  const Bytes bytes = {0x81, 0xe0, 0x12, 0x34, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0xaa, 0xbb};
  const auto packet = ParseRtp(bytes);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->marker);
  EXPECT_EQ(packet->payload_type, 96);
  EXPECT_EQ(packet->sequence, 0x1234);
  EXPECT_EQ(packet->timestamp, 0x01020304u);
  EXPECT_EQ(packet->ssrc, 0x05060708u);
  ASSERT_EQ(packet->csrcs.size(), 1u);
  EXPECT_EQ(packet->csrcs[0], 0x090a0b0cu);
  EXPECT_EQ(packet->header_bytes, 16u);
  EXPECT_EQ(ToBytes(packet->payload), (Bytes{0xaa, 0xbb}));
  EXPECT_FALSE(packet->has_extensions);
}

TEST(Rtp, RejectsEveryTruncationOfTheHeader) {
  const std::array<uint32_t, 2> csrcs = {7, 8};
  const std::array<uint8_t, 3> value = {1, 2, 3};
  const std::array<RtpExtension, 1> extensions = {RtpExtension{4, value}};
  const Bytes bytes = Written({.csrcs = csrcs, .extensions = extensions}, {});
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(ParseRtp(std::span(bytes).first(size))) << size;
  }
  EXPECT_TRUE(ParseRtp(bytes));
}

TEST(Rtp, RejectsOtherVersions) {
  Bytes bytes = Written({}, {1});
  for (const uint8_t version : Bytes{0x00, 0x40, 0xc0}) {
    bytes[0] = version;
    EXPECT_FALSE(ParseRtp(bytes));
  }
}

TEST(Rtp, TakesPaddingOffThePayload) {
  const Bytes bytes = Written({.padding = true}, {1, 2, 3}, 5);
  const auto packet = ParseRtp(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->padding_bytes, 5);
  EXPECT_EQ(ToBytes(packet->payload), (Bytes{1, 2, 3}));
}

TEST(Rtp, AcceptsPaddingAlone) {
  const Bytes bytes = Written({.padding = true}, {}, 255);
  const auto packet = ParseRtp(bytes);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->payload.empty());
  EXPECT_EQ(packet->padding_bytes, 255);
}

// The class of CVE-2025-49140: a padding count that is larger than what it is in.
TEST(Rtp, RejectsPaddingThatReachesIntoTheHeader) {
  Bytes bytes = Written({.padding = true}, {1, 2}, 2);
  bytes.back() = 5;
  EXPECT_FALSE(ParseRtp(bytes));
  bytes.back() = 0;
  EXPECT_FALSE(ParseRtp(bytes));
  EXPECT_FALSE(ParseRtp(Written({.padding = true}, {})));
}

TEST(Rtp, LeavesTheEncryptedPaddingOfSrtpAlone) {
  const Bytes bytes = Written({.padding = true}, {1, 2, 99});
  const auto packet = ParseRtpHeader(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->payload.size(), 3u);
  EXPECT_EQ(packet->padding_bytes, 0);
}

TEST(Rtp, RoundTripsExtensionsInTheOneByteForm) {
  const std::array<uint8_t, 1> level = {0x85};
  const std::array<uint8_t, 16> longest = {1, 2, 3};
  const std::array<RtpExtension, 2> extensions = {RtpExtension{1, level},
                                                  RtpExtension{14, longest}};
  const std::array<uint32_t, 15> csrcs = {1, 2, 3};
  const RtpHeader header = {.marker = true,
                            .payload_type = 111,
                            .sequence = 65535,
                            .timestamp = 77,
                            .ssrc = 88,
                            .csrcs = csrcs,
                            .extensions = extensions};
  const Bytes bytes = Written(header, {9});
  const auto packet = ParseRtp(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->extension_profile, kOneByteExtensionProfile);
  EXPECT_EQ(packet->extensions.size() % 4, 0u);
  EXPECT_EQ(packet->csrcs.size(), 15u);
  EXPECT_EQ(ToBytes(FindExtension(*packet, 1).value()), ToBytes(level));
  EXPECT_EQ(ToBytes(FindExtension(*packet, 14).value()), ToBytes(longest));
  EXPECT_FALSE(FindExtension(*packet, 2));
  EXPECT_FALSE(FindExtension(*packet, 0));
}

TEST(Rtp, ChoosesTheTwoByteFormWhereTheOtherCannotCarryIt) {
  const Bytes seventeen(17, 7);
  const Bytes one(1, 8);
  const Bytes none;
  for (const RtpExtension& odd :
       {RtpExtension{1, seventeen}, RtpExtension{15, one}, RtpExtension{3, none}}) {
    const std::array<RtpExtension, 2> extensions = {odd, RtpExtension{2, one}};
    const Bytes bytes = Written({.extensions = extensions}, {9});
    const auto packet = ParseRtp(bytes);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->extension_profile, kTwoByteExtensionProfile);
    EXPECT_EQ(ToBytes(FindExtension(*packet, odd.id).value()), ToBytes(odd.value));
    EXPECT_EQ(ToBytes(FindExtension(*packet, 2).value()), one);
  }
}

TEST(Rtp, SkipsPaddingBetweenElements) {
  const Bytes bytes = WithExtensions(kOneByteExtensionProfile, {0, 0, 0x10, 5, 0, 0x20, 6, 0});
  const auto packet = ParseRtp(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(ToBytes(FindExtension(*packet, 1).value()), Bytes{5});
  EXPECT_EQ(ToBytes(FindExtension(*packet, 2).value()), Bytes{6});
}

TEST(Rtp, IgnoresTheAppbitsOfTheTwoByteForm) {
  const Bytes bytes = WithExtensions(0x100f, {1, 1, 5, 0});
  const auto packet = ParseRtp(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(ToBytes(FindExtension(*packet, 1).value()), Bytes{5});
}

TEST(Rtp, StopsAtReservedIdsAndBrokenElements) {
  for (const Bytes& block :
       {Bytes{0xf0, 1, 0x10, 5}, Bytes{0x01, 1, 0x10, 5}, Bytes{0x2f, 0x10, 5, 0}}) {
    const Bytes bytes = WithExtensions(kOneByteExtensionProfile, block);
    const auto packet = ParseRtp(bytes);
    ASSERT_TRUE(packet);
    EXPECT_FALSE(FindExtension(*packet, 1));
    EXPECT_FALSE(FindExtension(*packet, 15));
  }
  const Bytes unknown = WithExtensions(0x1234, {0x10, 5, 0, 0});
  EXPECT_FALSE(FindExtension(*ParseRtp(unknown), 1));
}

TEST(Rtp, TellsWhereTheBufferIsTooSmall) {
  const std::array<uint8_t, 3> value = {1, 2, 3};
  const std::array<RtpExtension, 1> extensions = {RtpExtension{4, value}};
  const RtpHeader header = {.extensions = extensions};
  Bytes buffer(RtpHeaderBytes(header) - 1);
  ByteWriter writer(buffer);
  WriteRtpHeader(header, writer);
  EXPECT_FALSE(writer.ok());
}

TEST(RtpExtensions, RoundTripTheirValues) {
  for (const AudioLevelValue level : {AudioLevelValue{true, 0}, AudioLevelValue{false, 127}}) {
    EXPECT_EQ(ParseAudioLevel(EncodeAudioLevel(level)), level);
  }
  EXPECT_EQ(ParseTransportSequence(EncodeTransportSequence(0xfedc)), 0xfedc);
  EXPECT_EQ(ParseStreamId(EncodeStreamId("h-1")), "h-1");
  EXPECT_FALSE(ParseTransportSequence(Bytes{1}));
  EXPECT_FALSE(ParseAudioLevel({}));
  EXPECT_FALSE(ParseAbsSendTime(Bytes{1, 2}));
}

TEST(RtpExtensions, CountAbsSendTimeInSixPointEighteenSeconds) {
  const auto steps = [](int64_t us) {
    return ParseAbsSendTime(EncodeAbsSendTime(Instant::FromMicros(us))).value();
  };
  EXPECT_EQ(steps(0), 0u);
  EXPECT_EQ(steps(1'000'000), 1u << 18);
  EXPECT_EQ(steps(63'500'000), (63u << 18) + (1u << 17));
  EXPECT_EQ(steps(64'000'000), 0u);
  EXPECT_EQ(steps(int64_t{1} << 60), steps((int64_t{1} << 60) % 64'000'000));
}

TEST(RtpExtensions, RejectStreamIdsThatAreNoTokens) {
  EXPECT_FALSE(ParseStreamId({}));
  EXPECT_FALSE(ParseStreamId(Bytes(33, 'a')));
  for (const uint8_t c : {uint8_t{0}, uint8_t{' '}, uint8_t{'/'}, uint8_t{'\n'}, uint8_t{0x80}}) {
    EXPECT_FALSE(ParseStreamId(Bytes{'a', c}));
  }
}

}  // namespace
}  // namespace conclave::wire
