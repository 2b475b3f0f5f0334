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

}  // namespace
}  // namespace conclave::wire
