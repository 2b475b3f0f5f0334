#include "wire/codec.h"

#include <gtest/gtest.h>

namespace conclave::wire {
namespace {

TEST(Codec, KnowsItsNamesInAnyCase) {
  for (const Codec codec : {Codec::kOpus, Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1}) {
    EXPECT_EQ(CodecFromName(CodecName(codec)), codec);
  }
  EXPECT_EQ(CodecFromName("vp8"), Codec::kVp8);
  EXPECT_EQ(CodecFromName("OPUS"), Codec::kOpus);
  EXPECT_FALSE(CodecFromName("rtx"));
  EXPECT_FALSE(CodecFromName(""));
}

}  // namespace
}  // namespace conclave::wire
