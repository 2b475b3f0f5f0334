#include "sim/fake_payload.h"

#include <gtest/gtest.h>

#include "wire/vp8.h"

namespace conclave::sim {
namespace {

TEST(FakePayload, Vp8IsWhatTheServersParserReads) {
  const FakeFrame frame = {TrackId(9), 2, 77, true, 0, 2};
  const auto bytes = EncodeVp8(frame, 0x1234, 5, 360, 200);
  EXPECT_EQ(bytes.size(), 200u);
  const auto descriptor = wire::ParseVp8(bytes);
  ASSERT_TRUE(descriptor.has_value());
  EXPECT_TRUE(descriptor->key_frame);
  EXPECT_TRUE(descriptor->frame_start());
  EXPECT_EQ(descriptor->picture_id, 0x1234);
  EXPECT_EQ(descriptor->tl0_picture_index, 5);
  EXPECT_EQ(descriptor->temporal_layer, 0);
  const auto decoded = DecodeVp8(bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->frame, frame);
  EXPECT_EQ(decoded->picture_id, 0x1234);
}

TEST(FakePayload, LaterPacketsAndDeltaFramesAreNoKeyFrames) {
  for (const FakeFrame frame :
       {FakeFrame{TrackId(9), 0, 1, true, 1, 2}, FakeFrame{TrackId(9), 0, 2, false, 0, 2}}) {
    const auto bytes = EncodeVp8(frame, 1, 1, 360, 100);
    EXPECT_FALSE(wire::ParseVp8(bytes)->key_frame);
    EXPECT_EQ(DecodeVp8(bytes)->frame, frame);
  }
}

TEST(FakePayload, OpusRoundTripsAndStrangersDoNotDecode) {
  const FakeFrame frame = {TrackId(3), 0, 4, false, 0, 1};
  EXPECT_EQ(DecodeOpus(EncodeOpus(frame, 60)), frame);
  EXPECT_EQ(DecodeOpus(std::vector<uint8_t>(60)), std::nullopt);
  EXPECT_EQ(DecodeVp8(std::vector<uint8_t>(4)), std::nullopt);
}

}  // namespace
}  // namespace conclave::sim
