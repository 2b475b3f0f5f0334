#include "base/sequence_numbers.h"

#include <gtest/gtest.h>

namespace conclave {
namespace {

TEST(Unwrapper, GoesOnAcrossTheWrap) {
  SeqUnwrapper unwrapper;
  const int64_t first = unwrapper.Unwrap(65534);
  EXPECT_GT(first, 65535);
  EXPECT_EQ(unwrapper.Unwrap(65535), first + 1);
  EXPECT_EQ(unwrapper.Unwrap(0), first + 2);
  EXPECT_EQ(unwrapper.Unwrap(1), first + 3);
}

TEST(Unwrapper, PlacesLateNumbersBeforeTheLast) {
  SeqUnwrapper unwrapper;
  const int64_t first = unwrapper.Unwrap(2);
  EXPECT_EQ(unwrapper.Unwrap(65535), first - 3);
  EXPECT_GT(first - 3, 0);
  EXPECT_EQ(unwrapper.Unwrap(2), first);
}

TEST(Unwrapper, KeepsTheLowBits) {
  SeqUnwrapper unwrapper;
  uint16_t wrapped = 0;
  for (int i = 0; i < 1000; ++i) {
    wrapped = static_cast<uint16_t>(wrapped + 30'001);
    EXPECT_EQ(static_cast<uint16_t>(unwrapper.Unwrap(wrapped)), wrapped);
  }
}

TEST(Unwrapper, PeeksWithoutMoving) {
  SeqUnwrapper unwrapper;
  const int64_t first = unwrapper.Unwrap(10);
  EXPECT_EQ(unwrapper.Peek(32'000), first + 31'990);
  EXPECT_EQ(unwrapper.Peek(11), first + 1);
}

TEST(Unwrapper, UnwrapsTimestamps) {
  RtpTimeUnwrapper unwrapper;
  const int64_t first = unwrapper.Unwrap(0xffffff00);
  EXPECT_EQ(unwrapper.Unwrap(0x100), first + 0x200);
}

TEST(SeqNewer, OrdersModulo) {
  EXPECT_TRUE(SeqNewer(1, 0));
  EXPECT_TRUE(SeqNewer(0, 65535));
  EXPECT_FALSE(SeqNewer(65535, 0));
  EXPECT_FALSE(SeqNewer(7, 7));
  EXPECT_TRUE(SeqNewer(0x7fff, 0));
}

}  // namespace
}  // namespace conclave
