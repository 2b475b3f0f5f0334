#include "wire/codec.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::wire {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Codec, KnowsItsNamesInAnyCase) {
  for (const Codec codec : {Codec::kOpus, Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1}) {
    EXPECT_EQ(CodecFromName(CodecName(codec)), codec);
  }
  EXPECT_EQ(CodecFromName("vp8"), Codec::kVp8);
  EXPECT_EQ(CodecFromName("OPUS"), Codec::kOpus);
  EXPECT_FALSE(CodecFromName("rtx"));
  EXPECT_FALSE(CodecFromName(""));
}

TEST(Codec, SeesWhereAFrameBegins) {
  EXPECT_TRUE(InspectPayload(Codec::kOpus, Bytes{1})->key_frame);
  EXPECT_TRUE(InspectPayload(Codec::kVp8, Bytes{0x10, 0x00})->key_frame);
  EXPECT_FALSE(InspectPayload(Codec::kVp8, Bytes{0x00, 0x00})->frame_start);
  EXPECT_EQ(InspectPayload(Codec::kVp8, Bytes{0x90, 0x20, 0x40, 0x01})->temporal_layer, 1);
  EXPECT_EQ(InspectPayload(Codec::kVp9, Bytes{0x28, 0x02, 0x01, 0xaa})->spatial_layer, 1);
  EXPECT_TRUE(InspectPayload(Codec::kH264, Bytes{0x7c, 0x85, 1})->key_frame);
  EXPECT_TRUE(InspectPayload(Codec::kAv1, Bytes{0x18, 1})->key_frame);
  EXPECT_FALSE(InspectPayload(Codec::kAv1, Bytes{0x90, 1})->frame_start);
}

TEST(Codec, RejectsAnEmptyPayloadOfEveryCodec) {
  for (const Codec codec : {Codec::kOpus, Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1}) {
    EXPECT_FALSE(InspectPayload(codec, {}));
  }
}

}  // namespace
}  // namespace conclave::wire
