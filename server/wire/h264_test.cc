#include "wire/h264.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::wire {
namespace {

using Bytes = std::vector<uint8_t>;

std::optional<H264Info> Parse(const Bytes& payload) { return ParseH264(payload); }

TEST(H264, SeesKeyFramesInSingleUnits) {
  EXPECT_TRUE(Parse({0x65, 1})->key_frame);
  EXPECT_TRUE(Parse({0x67, 1})->key_frame);
  EXPECT_FALSE(Parse({0x61, 1})->key_frame);
  EXPECT_TRUE(Parse({0x61, 1})->nal_start);
}

TEST(H264, SeesKeyFramesInAggregates) {
  EXPECT_TRUE(Parse({0x78, 0, 2, 0x06, 1, 0, 2, 0x67, 1})->key_frame);
  EXPECT_FALSE(Parse({0x78, 0, 2, 0x06, 1, 0, 2, 0x68, 1})->key_frame);
}

TEST(H264, SeesKeyFramesInFirstFragmentsOnly) {
  EXPECT_TRUE(Parse({0x7c, 0x85, 1})->key_frame);
  EXPECT_TRUE(Parse({0x7c, 0x85, 1})->nal_start);
  EXPECT_FALSE(Parse({0x7c, 0x05, 1})->key_frame);
  EXPECT_FALSE(Parse({0x7c, 0x45, 1})->nal_start);
  EXPECT_FALSE(Parse({0x7c, 0x81, 1})->key_frame);
}

TEST(H264, SeesWhatNoOtherFrameRefersTo) {
  EXPECT_TRUE(Parse({0x01, 1})->discardable);
  EXPECT_FALSE(Parse({0x21, 1})->discardable);
  EXPECT_FALSE(Parse({0x06, 1})->discardable) << "SEI alone says nothing of the frame";
  EXPECT_TRUE(Parse({0x18, 0, 2, 0x06, 1, 0, 2, 0x01, 1})->discardable);
  EXPECT_FALSE(Parse({0x78, 0, 2, 0x06, 1, 0, 2, 0x61, 1})->discardable);
  EXPECT_TRUE(Parse({0x1c, 0x81, 1})->discardable);
  EXPECT_TRUE(Parse({0x1c, 0x01, 1})->discardable) << "later fragments too";
  EXPECT_FALSE(Parse({0x7c, 0x01, 1})->discardable);
}

TEST(H264, RejectsWhatIsCutOffOrUnknown) {
  for (const Bytes& payload :
       {Bytes{}, Bytes{0x7c}, Bytes{0x7c, 0x85}, Bytes{0x78}, Bytes{0x78, 0}, Bytes{0x78, 0, 0},
        Bytes{0x78, 0, 3, 0x67, 1}, Bytes{0x78, 0, 1, 0x67, 9}, Bytes{0x60, 1}, Bytes{0x79, 1, 2},
        Bytes{0x7d, 1, 2}}) {
    EXPECT_FALSE(Parse(payload));
  }
}

}  // namespace
}  // namespace conclave::wire
