#include "wire/red.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

namespace conclave::wire {
namespace {

std::vector<uint8_t> Written(std::span<const RedBlock> blocks) {
  std::vector<uint8_t> bytes(2000);
  ByteWriter out(bytes);
  WriteRed(blocks, out);
  EXPECT_TRUE(out.ok());
  bytes.resize(out.size());
  return bytes;
}

// By hand, from the figure in RFC 2198 section 3.
TEST(Red, IsWrittenAsTheRfcSays) {
  const std::array<uint8_t, 3> old = {1, 2, 3};
  const std::array<uint8_t, 2> own = {4, 5};
  const std::array<RedBlock, 2> blocks = {{{111, 960, old}, {111, 0, own}}};
  EXPECT_EQ(Written(blocks),
            (std::vector<uint8_t>{0x80 | 111, 960 >> 6, (960 & 63) << 2, 3, 111, 1, 2, 3, 4, 5}));
}

TEST(Red, WhatIsWrittenIsRead) {
  std::vector<uint8_t> data(kRedBlockBytesMax);
  std::iota(data.begin(), data.end(), uint8_t{0});
  const auto bytes = std::span(std::as_const(data));
  const std::vector<RedBlock> blocks = {
      {96, kRedOffsetMax, bytes}, {97, 1, bytes.first(0)}, {98, 0, bytes.first(7)}};
  const std::vector<uint8_t> payload = Written(blocks);
  std::vector<RedBlock> read;
  ASSERT_TRUE(ParseRed(payload, read));
  ASSERT_EQ(read.size(), blocks.size());
  for (size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(read[i].payload_type, blocks[i].payload_type);
    EXPECT_EQ(read[i].timestamp_offset, blocks[i].timestamp_offset);
    EXPECT_TRUE(std::ranges::equal(read[i].data, blocks[i].data));
  }
}

TEST(Red, WhatIsCutOffIsRefused) {
  const std::array<uint8_t, 3> old = {1, 2, 3};
  const std::array<uint8_t, 2> own = {4, 5};
  const std::array<RedBlock, 2> blocks = {{{111, 960, old}, {111, 0, own}}};
  const std::vector<uint8_t> payload = Written(blocks);
  std::vector<RedBlock> read;
  for (size_t size = 0; size < 8; ++size) {
    EXPECT_FALSE(ParseRed(std::span(payload).first(size), read)) << size;
    EXPECT_TRUE(read.empty());
  }
  EXPECT_TRUE(ParseRed(std::span(payload).first(8), read)) << "an empty frame of its own";
}

TEST(Red, HeadersWithoutEndAreRefused) {
  const std::vector<uint8_t> payload(4000, 0xff);
  std::vector<RedBlock> read;
  EXPECT_FALSE(ParseRed(payload, read));
}

}  // namespace
}  // namespace conclave::wire
