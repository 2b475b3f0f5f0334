#include "wire/bit_reader.h"

#include <gtest/gtest.h>

#include <array>

#include "wire/bit_writer.h"

namespace conclave::wire {
namespace {

TEST(BitReader, ReadsFieldsAcrossBytes) {
  const std::array<uint8_t, 3> bytes = {0b1010'1100, 0b0111'0000, 0xff};
  BitReader reader(bytes);
  EXPECT_TRUE(reader.Flag());
  EXPECT_EQ(reader.Bits(10), 0b0101100011u);
  EXPECT_EQ(reader.Bits(0), 0u);
  EXPECT_EQ(reader.position(), 11u);
  EXPECT_EQ(reader.remaining(), 13u);
  EXPECT_EQ(reader.Bits(13), 0b1'0000'1111'1111u);
  EXPECT_TRUE(reader.ok());
  EXPECT_FALSE(reader.Flag());
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.remaining(), 0u);
}

TEST(BitReader, ValuesBelowALimitComeBackInAsFewBitsAsTheSpecificationSays) {
  // AV1 section 4.10.7: of five values, 0..2 take two bits and 3, 4 take three.
  for (uint32_t value = 0; value < 5; ++value) {
    std::array<uint8_t, 1> bytes{};
    BitWriter writer(bytes);
    writer.NonSymmetric(value, 5);
    EXPECT_EQ(writer.position(), value < 3 ? 2u : 3u);
    BitReader reader(bytes);
    EXPECT_EQ(reader.NonSymmetric(5), value);
    EXPECT_EQ(reader.position(), writer.position());
  }
  std::array<uint8_t, 1> bytes{};
  BitWriter writer(bytes);
  writer.NonSymmetric(0, 1);
  EXPECT_EQ(writer.position(), 0u) << "one possible value needs no bits";
}

TEST(BitWriter, WritesNothingPastTheEnd) {
  std::array<uint8_t, 1> bytes = {0xff};
  BitWriter writer(bytes);
  writer.Bits(0b101, 3);
  EXPECT_EQ(bytes[0], 0b1010'0000);
  EXPECT_EQ(writer.size_bytes(), 1u);
  writer.Bits(0, 6);
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(bytes[0], 0b1010'0000);
}

}  // namespace
}  // namespace conclave::wire
