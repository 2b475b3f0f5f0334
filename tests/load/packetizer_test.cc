#include "tests/load/packetizer.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/load/stamp.h"
#include "wire/av1.h"
#include "wire/vp8.h"
#include "wire/vp9.h"

namespace conclave::load {
namespace {

using router::CodecName;

std::vector<uint8_t> Frame(size_t size_bytes, uint8_t first) {
  std::vector<uint8_t> frame(size_bytes);
  std::iota(frame.begin(), frame.end(), uint8_t{0});
  frame[0] = first;
  return frame;
}

TEST(PacketizerTest, Vp8IsCutIntoEqualParts) {
  Clip clip;
  BeginVideo(CodecName::kVp8, Duration::Millis(40), 1, clip);
  ASSERT_TRUE(AddVideoFrame(Frame(3000, 0x10), 1, clip));
  ASSERT_TRUE(AddVideoFrame(Frame(200, 0x11), 1, clip));
  ASSERT_EQ(clip.frames.size(), 2U);
  EXPECT_TRUE(clip.frames[0].key);
  EXPECT_FALSE(clip.frames[1].key);
  ASSERT_EQ(clip.frames[0].packet_count, 3);
  for (int i = 0; i < 3; ++i) {
    const auto descriptor = wire::ParseVp8(clip.payload(clip.packets[static_cast<size_t>(i)]));
    ASSERT_TRUE(descriptor);
    EXPECT_EQ(descriptor->key_frame, i == 0);
    EXPECT_EQ(descriptor->frame_start(), i == 0);
    EXPECT_EQ(descriptor->picture_id_offset, clip.picture_id_offset);
    EXPECT_EQ(clip.packets[static_cast<size_t>(i)].size_bytes, 4 + 1000);
  }
}

TEST(PacketizerTest, Vp8SaysItsTemporalLayers) {
  Clip clip;
  BeginVideo(CodecName::kVp8, Duration::Millis(40), 3, clip);
  for (int i = 0; i < 5; ++i) AddVideoFrame(Frame(200, i == 0 ? 0x10 : 0x11), 3, clip);
  const uint8_t expected[] = {0, 2, 1, 2, 0};
  for (size_t i = 0; i < 5; ++i) {
    const auto descriptor = wire::ParseVp8(clip.payload(clip.packets[i]));
    ASSERT_TRUE(descriptor);
    EXPECT_EQ(descriptor->temporal_layer, expected[i]);
    EXPECT_EQ(descriptor->tl0_offset, clip.tl0_offset);
    EXPECT_EQ(descriptor->non_reference, expected[i] == 2);
  }
}

TEST(PacketizerTest, Vp9SaysBeginningAndEnd) {
  Clip clip;
  BeginVideo(CodecName::kVp9, Duration::Millis(40), 1, clip);
  // frame_marker 2, profile 0, show_existing_frame 0, then frame_type: 0 is a key frame.
  AddVideoFrame(Frame(2000, 0x82), 1, clip);
  AddVideoFrame(Frame(300, 0x86), 1, clip);
  ASSERT_EQ(clip.packets.size(), 3U);
  const auto first = wire::ParseVp9(clip.payload(clip.packets[0]));
  const auto second = wire::ParseVp9(clip.payload(clip.packets[1]));
  const auto inter = wire::ParseVp9(clip.payload(clip.packets[2]));
  ASSERT_TRUE(first && second && inter);
  EXPECT_TRUE(first->key_frame());
  EXPECT_FALSE(first->frame_end);
  EXPECT_TRUE(second->frame_end);
  EXPECT_TRUE(inter->inter_picture_predicted);
  EXPECT_EQ(first->picture_id_offset, clip.picture_id_offset);
}

TEST(PacketizerTest, Av1LosesItsDelimiterAndSizes) {
  Clip clip;
  BeginVideo(CodecName::kAv1, Duration::Millis(40), 1, clip);
  // A temporal delimiter, a sequence header of three bytes, a frame of 1500, each with its size.
  std::vector<uint8_t> unit = {0x12, 0x00, 0x0a, 0x03, 1, 2, 3, 0x32, 0xdc, 0x0b};
  unit.resize(unit.size() + 1500, 7);
  ASSERT_TRUE(AddVideoFrame(unit, 1, clip));
  ASSERT_EQ(clip.frames[0].packet_count, 2);
  EXPECT_TRUE(clip.frames[0].key);
  const auto first = wire::ParseAv1(clip.payload(clip.packets[0]));
  const auto second = wire::ParseAv1(clip.payload(clip.packets[1]));
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->new_sequence);
  EXPECT_TRUE(first->continues_next);
  EXPECT_TRUE(second->continues_previous);
  EXPECT_FALSE(second->continues_next);
  // The sequence header is the first element: its length, then its header without a size bit.
  EXPECT_EQ(clip.payload(clip.packets[0])[1], 4);
  EXPECT_EQ(clip.payload(clip.packets[0])[2], 0x08);
  EXPECT_FALSE(AddVideoFrame(std::vector<uint8_t>{0x32, 0x7f, 1}, 1, clip));
}

TEST(PacketizerTest, SmallPacketsGetRoomForAStamp) {
  Clip clip;
  AddOpusPacket(std::vector<uint8_t>{0xf8}, clip);
  EXPECT_EQ(clip.packets[0].size_bytes, 1 + kStampBytes);
  EXPECT_EQ(clip.payload(clip.packets[0])[0], 0xf8);
}

}  // namespace
}  // namespace conclave::load
