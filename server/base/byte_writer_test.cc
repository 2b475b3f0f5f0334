#include "base/byte_writer.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/byte_reader.h"

namespace conclave {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(ByteWriter, WritesWhatByteReaderReads) {
  Bytes buffer(32);
  ByteWriter writer(buffer);
  writer.U8(0x12);
  writer.U16(0x3456);
  writer.U24(0x789abc);
  writer.U32(0xdef01234);
  writer.U64(0x5678'9abc'def0'1234);
  writer.Bytes(Bytes{1, 2});
  writer.Zeros(3);
  ASSERT_TRUE(writer.ok());
  EXPECT_EQ(writer.size(), 23u);
  ByteReader reader(writer.written());
  EXPECT_EQ(reader.U8(), 0x12);
  EXPECT_EQ(reader.U16(), 0x3456);
  EXPECT_EQ(reader.U24(), 0x789abcu);
  EXPECT_EQ(reader.U32(), 0xdef01234u);
  EXPECT_EQ(reader.U64(), 0x5678'9abc'def0'1234u);
  EXPECT_EQ(reader.U16(), 0x0102);
  EXPECT_EQ(reader.U24(), 0u);
}

TEST(ByteWriter, OverwritesWhatTheBufferHeld) {
  Bytes buffer(4, 0xff);
  ByteWriter writer(buffer);
  writer.Zeros(4);
  EXPECT_EQ(buffer, Bytes(4, 0));
}

TEST(ByteWriter, WritesNothingMoreAfterTheFirstOverflow) {
  Bytes buffer(3, 0xff);
  ByteWriter writer(buffer);
  writer.U16(1);
  writer.U16(2);
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(writer.remaining(), 0u);
  writer.U8(3);
  EXPECT_EQ(buffer, (Bytes{0, 1, 0xff}));
  EXPECT_EQ(writer.written().size(), 2u);
}

TEST(ByteWriter, PatchesOnlyWhatWasWritten) {
  Bytes buffer(8, 0);
  ByteWriter writer(buffer);
  writer.U32(0);
  writer.PatchU16(2, 0xabcd);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(buffer, (Bytes{0, 0, 0xab, 0xcd, 0, 0, 0, 0}));
  writer.PatchU16(3, 1);
  EXPECT_FALSE(writer.ok());
}

TEST(ByteWriter, PatchesNothingInAnEmptyBuffer) {
  Bytes buffer(1);
  ByteWriter writer(buffer);
  writer.PatchU16(0, 1);
  EXPECT_FALSE(writer.ok());
}

}  // namespace
}  // namespace conclave
