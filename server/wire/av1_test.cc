#include "wire/av1.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::wire {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Av1, ReadsTheAggregationHeader) {
  const auto first = ParseAv1(Bytes{0x68, 1});
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->continues_previous);
  EXPECT_TRUE(first->continues_next);
  EXPECT_EQ(first->element_count, 2);
  EXPECT_TRUE(first->new_sequence);
  const auto later = ParseAv1(Bytes{0x90, 1});
  ASSERT_TRUE(later);
  EXPECT_TRUE(later->continues_previous);
  EXPECT_FALSE(later->new_sequence);
}

TEST(Av1, RejectsAHeaderAloneAndAForbiddenPair) {
  EXPECT_FALSE(ParseAv1({}));
  EXPECT_FALSE(ParseAv1(Bytes{0x08}));
  EXPECT_FALSE(ParseAv1(Bytes{0x88, 1}));
}

TEST(Av1, ReadsTheLayersOfTheFirstUnitThatNamesThem) {
  // One element; a frame with the extension: temporal 2, spatial 1.
  const auto one = ParseAv1(Bytes{0x10, 0x34, 0x48, 9});
  EXPECT_EQ(one->temporal_layer, 2);
  EXPECT_EQ(one->spatial_layer, 1);
  // Two: a sequence header without it, of two bytes, then the frame.
  EXPECT_EQ(ParseAv1(Bytes{0x28, 2, 0x08, 7, 0x34, 0x28, 9})->temporal_layer, 1);
  // Every element with a length.
  EXPECT_EQ(ParseAv1(Bytes{0x00, 2, 0x08, 7, 3, 0x34, 0x28, 9})->temporal_layer, 1);
  // The rest of an earlier unit says nothing.
  EXPECT_FALSE(ParseAv1(Bytes{0x90, 0x34, 0x48, 9})->temporal_layer);
  EXPECT_EQ(ParseAv1(Bytes{0xa0, 1, 0x34, 0x34, 0x28, 9})->temporal_layer, 1);
  // Nonsense, as encryption makes it.
  EXPECT_FALSE(ParseAv1(Bytes{0x00, 0xff, 0xff, 0xff, 1})->temporal_layer);
  EXPECT_FALSE(ParseAv1(Bytes{0x00, 200, 1})->temporal_layer);
}

}  // namespace
}  // namespace conclave::wire
