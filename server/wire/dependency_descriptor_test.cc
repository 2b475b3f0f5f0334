#include "wire/dependency_descriptor.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::wire {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(DependencyDescriptor, ReadsTheMandatoryFields) {
  const auto descriptor = ParseDependencyDescriptor(Bytes{0xa5, 0x12, 0x34});
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->start_of_frame);
  EXPECT_FALSE(descriptor->end_of_frame);
  EXPECT_EQ(descriptor->template_id, 0x25);
  EXPECT_EQ(descriptor->frame_number, 0x1234);
  EXPECT_FALSE(descriptor->has_structure);
  EXPECT_EQ(ParseDependencyDescriptor(EncodeDependencyDescriptor(*descriptor)), descriptor);
}

TEST(DependencyDescriptor, SeesAnAttachedStructure) {
  EXPECT_TRUE(ParseDependencyDescriptor(Bytes{0x80, 0, 1, 0x80})->has_structure);
  EXPECT_FALSE(ParseDependencyDescriptor(Bytes{0x80, 0, 1, 0x40})->has_structure);
}

TEST(DependencyDescriptor, RejectsTruncations) {
  EXPECT_FALSE(ParseDependencyDescriptor({}));
  EXPECT_FALSE(ParseDependencyDescriptor(Bytes{0x80, 0}));
}

TEST(DependencyDescriptor, RewritesTheFrameNumberAlone) {
  Bytes value = {0xa5, 0x12, 0x34, 0x80};
  RewriteFrameNumber(0xfedc, value);
  EXPECT_EQ(value, (Bytes{0xa5, 0xfe, 0xdc, 0x80}));
}

}  // namespace
}  // namespace conclave::wire
