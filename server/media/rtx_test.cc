#include "media/rtx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "media/test_support.h"

namespace conclave::media {
namespace {

using testing::ElementsAreArray;

TEST(RtxCounter, HasNumbersOfItsOwn) {
  RtxCounter counter(0xffff);
  EXPECT_EQ(counter.Next(), 0x7fff);
  EXPECT_EQ(counter.Next(), 0x8000);
}

class RtxTest : public testing::Test {
 protected:
  std::vector<uint8_t> Rtx(std::span<const uint8_t> payload, uint8_t padding_bytes = 0) {
    const std::array<uint8_t, 2> mid = {'v', '0'};
    const wire::RtpExtension extension = {3, mid};
    const wire::RtpHeader header = {.marker = true,
                                    .padding = padding_bytes > 0,
                                    .payload_type = 97,
                                    .sequence = 9,
                                    .timestamp = 123456,
                                    .ssrc = 0xdeadbeef,
                                    .csrcs = {},
                                    .extensions = {&extension, 1}};
    ByteWriter out(buffer_);
    const std::span<uint8_t> copy = WriteRtx(header, 0xabcd, payload, out);
    EXPECT_THAT(copy, ElementsAreArray(payload));
    wire::WriteRtpPadding(padding_bytes, out);
    EXPECT_TRUE(out.ok());
    return {out.written().begin(), out.written().end()};
  }
  std::array<uint8_t, 1500> buffer_{};
};

TEST_F(RtxTest, WhatGoesInComesOut) {
  const std::array<uint8_t, 5> payload = {1, 2, 3, 4, 5};
  for (const uint8_t padding : std::initializer_list<uint8_t>{0, 1, 200}) {
    std::vector<uint8_t> packet = Rtx(payload, padding);
    const auto size = DecapsulateRtx(packet, 96, 0x01020304);
    ASSERT_TRUE(size);
    packet.resize(*size);
    const auto original = wire::ParseRtp(packet);
    ASSERT_TRUE(original);
    EXPECT_EQ(original->sequence, 0xabcd);
    EXPECT_EQ(original->payload_type, 96);
    EXPECT_EQ(original->ssrc, 0x01020304u);
    EXPECT_EQ(original->timestamp, 123456u);
    EXPECT_TRUE(original->marker);
    EXPECT_EQ(original->padding_bytes, 0);
    EXPECT_THAT(original->payload, ElementsAreArray(payload));
    EXPECT_TRUE(wire::FindExtension(*original, 3));
  }
}

TEST_F(RtxTest, ProbesAndNonsenseAreRefused) {
  const std::array<uint8_t, 1> one = {1};
  std::vector<uint8_t> osn_only = Rtx({});
  EXPECT_FALSE(DecapsulateRtx(osn_only, 96, 1));
  std::vector<uint8_t> cut = Rtx(one);
  cut.resize(cut.size() - 2);
  EXPECT_FALSE(DecapsulateRtx(cut, 96, 1));
  EXPECT_FALSE(DecapsulateRtx({}, 96, 1));
}

TEST_F(RtxTest, RandomBytesNeverReadOrWriteOutside) {
  SeededRandom random(5);
  for (int i = 0; i < 20000; ++i) {
    std::vector<uint8_t> bytes(static_cast<size_t>(Below(random, 60)));
    random.Fill(bytes);
    if (!bytes.empty()) bytes[0] = static_cast<uint8_t>((bytes[0] & 0x3f) | 0x80);
    const std::vector<uint8_t> before = bytes;
    const auto size = DecapsulateRtx(bytes, 96, 1);
    if (size) {
      ASSERT_LT(*size, before.size());
      bytes.resize(*size);
      ASSERT_TRUE(wire::ParseRtp(bytes));
    } else {
      ASSERT_EQ(bytes, before);
    }
  }
}

TEST_F(RtxTest, APacketThatDoesNotFitIsToldByTheWriter) {
  std::array<uint8_t, 20> small{};
  ByteWriter out(small);
  const std::array<uint8_t, 50> payload{};
  EXPECT_TRUE(WriteRtx({}, 1, payload, out).empty());
  EXPECT_FALSE(out.ok());
}

}  // namespace
}  // namespace conclave::media
