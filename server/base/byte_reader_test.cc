#include "base/byte_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave {
namespace {

const std::vector<uint8_t> kBytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

TEST(ByteReader, ReadsBigEndian) {
  ByteReader reader(kBytes);
  EXPECT_EQ(reader.U8(), 0x01);
  EXPECT_EQ(reader.U16(), 0x0203);
  EXPECT_EQ(reader.U24(), 0x040506u);
  EXPECT_EQ(reader.U32(), 0x0708090au);
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(ByteReader(kBytes).U64(), 0x0102030405060708u);
}

TEST(ByteReader, HandsOutViewsIntoItsInput) {
  ByteReader reader(kBytes);
  reader.Skip(2);
  const auto middle = reader.Bytes(3);
  EXPECT_EQ(middle.data(), kBytes.data() + 2);
  EXPECT_EQ(reader.position(), 5u);
  EXPECT_EQ(reader.Rest().size(), 5u);
  EXPECT_TRUE(reader.Rest().empty());
  EXPECT_TRUE(reader.ok());
}

TEST(ByteReader, FailsForEverAfterTheFirstReadPastTheEnd) {
  ByteReader reader(kBytes);
  reader.Skip(8);
  EXPECT_EQ(reader.U32(), 0u);
  EXPECT_FALSE(reader.ok());
  // Two bytes are left, but nothing is read any more.
  EXPECT_EQ(reader.U8(), 0);
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_TRUE(reader.Rest().empty());
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, IsNotFooledByHugeCounts) {
  ByteReader reader(kBytes);
  reader.U8();
  EXPECT_TRUE(reader.Bytes(SIZE_MAX).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, ReadsNothingFromNothing) {
  ByteReader reader({});
  EXPECT_TRUE(reader.Bytes(0).empty());
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.U8(), 0);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace conclave
