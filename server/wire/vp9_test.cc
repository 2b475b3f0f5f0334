#include "wire/vp9.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::wire {
namespace {

using Bytes = std::vector<uint8_t>;

// I, L, B, E, V: a long picture id, TID 1 U SID 2 D, TL0PICIDX, a structure of two layers with
// their sizes and a group of two pictures with one and two references; then one byte of the frame.
const Bytes kFull = {0xae, 0x92, 0x34, 0x35, 0x56,              //
                     0x38, 1,    2,    3,    4,    5, 6, 7, 8,  //
                     2,    0x04, 1,    0x08, 1,    2,           //
                     0xaa};

TEST(Vp9, ReadsEveryField) {
  const auto descriptor = ParseVp9(kFull);
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(descriptor->picture_id, 0x1234);
  EXPECT_TRUE(descriptor->has_long_picture_id);
  EXPECT_FALSE(descriptor->inter_picture_predicted);
  EXPECT_FALSE(descriptor->flexible_mode);
  EXPECT_TRUE(descriptor->frame_start);
  EXPECT_TRUE(descriptor->frame_end);
  EXPECT_EQ(descriptor->temporal_layer, 1);
  EXPECT_TRUE(descriptor->switching_up_point);
  EXPECT_EQ(descriptor->spatial_layer, 2);
  EXPECT_TRUE(descriptor->inter_layer_predicted);
  EXPECT_EQ(descriptor->tl0_picture_index, 0x56);
  EXPECT_TRUE(descriptor->has_scalability_structure);
  EXPECT_EQ(descriptor->spatial_layers, 2);
  EXPECT_EQ(descriptor->heights_px[0], 0x0304);
  EXPECT_EQ(descriptor->heights_px[1], 0x0708);
  EXPECT_EQ(descriptor->heights_px[2], 0);
  EXPECT_EQ(descriptor->header_bytes, kFull.size() - 1);
}

TEST(Vp9, RejectsEveryTruncation) {
  for (size_t size = 0; size < kFull.size(); ++size) {
    EXPECT_FALSE(ParseVp9(std::span(kFull).first(size))) << size;
  }
}

TEST(Vp9, ReadsTheReferencesOfTheFlexibleMode) {
  // I, P, L, F: no TL0PICIDX; three references.
  const Bytes payload = {0xf8, 0x05, 0x00, 0x03, 0x05, 0x06, 0xaa};
  const auto descriptor = ParseVp9(payload);
  ASSERT_TRUE(descriptor);
  EXPECT_FALSE(descriptor->tl0_picture_index);
  EXPECT_EQ(descriptor->header_bytes, 6u);
  const Bytes four = {0xf8, 0x05, 0x00, 0x03, 0x05, 0x07, 0x08, 0xaa};
  EXPECT_FALSE(ParseVp9(four));
}

TEST(Vp9, SeesKeyFramesInTheLowestSpatialLayerOnly) {
  EXPECT_TRUE(ParseVp9(Bytes{0x08, 0xaa})->key_frame());
  EXPECT_FALSE(ParseVp9(Bytes{0x00, 0xaa})->key_frame());
  EXPECT_FALSE(ParseVp9(Bytes{0x48, 0xaa})->key_frame());
  EXPECT_TRUE(ParseVp9(Bytes{0x28, 0x00, 0x01, 0xaa})->key_frame());
  EXPECT_FALSE(ParseVp9(Bytes{0x28, 0x02, 0x01, 0xaa})->key_frame());
  EXPECT_FALSE(ParseVp9(Bytes{0x28, 0x01, 0x01, 0xaa})->key_frame());
}

TEST(Vp9, RewritesInPlaceWhatIsThere) {
  Bytes payload = kFull;
  RewriteVp9(*ParseVp9(payload), 0x0102, 7, payload);
  const auto rewritten = ParseVp9(payload);
  EXPECT_EQ(rewritten->picture_id, 0x0102);
  EXPECT_TRUE(rewritten->has_long_picture_id);
  EXPECT_EQ(rewritten->tl0_picture_index, 7);
}

}  // namespace
}  // namespace conclave::wire
