#include "wire/vp8.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::wire {
namespace {

using Bytes = std::vector<uint8_t>;

// X, S; I L T K; a 15-bit picture id; TL0PICIDX; TID 2, Y, KEYIDX 17; a key frame.
const Bytes kFull = {0x90, 0xf0, 0x92, 0x34, 0x56, 0xb1, 0x00};

TEST(Vp8, ReadsEveryField) {
  const auto descriptor = ParseVp8(kFull);
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->frame_start());
  EXPECT_TRUE(descriptor->key_frame);
  EXPECT_FALSE(descriptor->non_reference);
  EXPECT_EQ(descriptor->picture_id, 0x1234);
  EXPECT_TRUE(descriptor->has_long_picture_id);
  EXPECT_EQ(descriptor->tl0_picture_index, 0x56);
  EXPECT_EQ(descriptor->temporal_layer, 2);
  EXPECT_TRUE(descriptor->layer_sync);
  EXPECT_EQ(descriptor->key_index, 17);
  EXPECT_EQ(descriptor->header_bytes, 6u);
}

TEST(Vp8, ReadsTheShortestForms) {
  const auto plain = ParseVp8(Bytes{0x10, 0x01});
  ASSERT_TRUE(plain);
  EXPECT_TRUE(plain->frame_start());
  EXPECT_FALSE(plain->key_frame);
  EXPECT_FALSE(plain->picture_id);
  EXPECT_FALSE(plain->temporal_layer);
  EXPECT_EQ(plain->header_bytes, 1u);
  const auto short_id = ParseVp8(Bytes{0x90, 0x80, 0x7f, 0x00});
  ASSERT_TRUE(short_id);
  EXPECT_EQ(short_id->picture_id, 0x7f);
  EXPECT_FALSE(short_id->has_long_picture_id);
}

TEST(Vp8, SeesAKeyFrameOnlyAtTheStartOfItsFirstPartition) {
  EXPECT_FALSE(ParseVp8(Bytes{0x00, 0x00})->key_frame);
  EXPECT_FALSE(ParseVp8(Bytes{0x11, 0x00})->key_frame);
  EXPECT_TRUE(ParseVp8(Bytes{0x10, 0x00})->key_frame);
}

TEST(Vp8, RejectsEveryTruncation) {
  for (size_t size = 0; size < kFull.size(); ++size) {
    EXPECT_FALSE(ParseVp8(std::span(kFull).first(size))) << size;
  }
}

TEST(Vp8, RewritesInPlaceWhatIsThere) {
  Bytes payload = kFull;
  const auto descriptor = ParseVp8(payload);
  RewriteVp8(*descriptor, 0x7abc, 0xff, payload);
  const auto rewritten = ParseVp8(payload);
  EXPECT_EQ(rewritten->picture_id, 0x7abc);
  EXPECT_EQ(rewritten->tl0_picture_index, 0xff);
  EXPECT_EQ(rewritten->key_index, 17);
  EXPECT_EQ(payload.size(), kFull.size());

  Bytes short_id = {0x90, 0x80, 0x01, 0x00};
  RewriteVp8(*ParseVp8(short_id), 0x7abc, 0xff, short_id);
  EXPECT_EQ(short_id, (Bytes{0x90, 0x80, 0x3c, 0x00}));

  Bytes none = {0x10, 0x01};
  RewriteVp8(*ParseVp8(none), 1, 1, none);
  EXPECT_EQ(none, (Bytes{0x10, 0x01}));
}

}  // namespace
}  // namespace conclave::wire
