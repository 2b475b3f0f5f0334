#include "media/frame_reader.h"

#include <gtest/gtest.h>

#include "media/svc_source.h"
#include "media/test_support.h"

namespace conclave::media {
namespace {

using Bytes = std::vector<uint8_t>;

std::optional<FrameFacts> Read(FrameReader& reader, wire::Codec codec, const Bytes& payload,
                               int64_t sequence = 70000) {
  PacketInfo info = MakeInfo(sequence, 0);
  if (!reader.Read(codec, payload, {}, 0, info)) return std::nullopt;
  return info.frame;
}

TEST(FrameReader, EveryAudioPacketIsAKeyFrame) {
  FrameReader reader;
  const auto facts = Read(reader, wire::Codec::kOpus, {1});
  EXPECT_TRUE(facts->key_frame && facts->frame_start && facts->frame_end);
  EXPECT_EQ(facts->needed_for, kAllPoints);
  EXPECT_FALSE(Read(reader, wire::Codec::kOpus, {}));
}

TEST(FrameReader, ReadsVp8WithItsLayerSyncs) {
  FrameReader reader;
  const auto frame = [&](uint8_t first, uint8_t layers) {
    return *Read(reader, wire::Codec::kVp8, {0x90, 0xe0, 0x80, 1, 7, layers, first});
  };
  const FrameFacts key = frame(0x10, 0);
  EXPECT_TRUE(key.key_frame && key.frame_start);
  EXPECT_EQ(key.entry_to, kAllPoints);
  EXPECT_EQ(key.available, UpTo({0, 0}));
  const FrameFacts top = frame(0x11, 2 << 6 | 0x20);
  EXPECT_EQ(top.temporal_layer, 2);
  EXPECT_EQ(top.needed_for, FromTemporal(2));
  EXPECT_EQ(top.entry_to, BitOf({0, 2}));
  EXPECT_EQ(top.entry_from, (LayerPoint{0, 1}));
  EXPECT_EQ(top.available, UpTo({0, 2}));
  EXPECT_FALSE(frame(0x11, 1 << 6).entry_from);
}

TEST(FrameReader, ReadsVp9WithItsInterLayerPrediction) {
  FrameReader reader;
  // I is clear; L, B, E, and V with three layers and their sizes.
  const Bytes key = {0x2e, 0x00, 9, 0x50, 1, 64, 0, 180, 2, 128, 1, 104, 5, 0, 2, 208, 0xaa};
  const auto base = Read(reader, wire::Codec::kVp9, key);
  EXPECT_TRUE(base->key_frame && base->frame_start && base->frame_end);
  EXPECT_EQ(reader.spatial_layers(), 3);
  EXPECT_EQ(reader.height_px(0), 180);
  EXPECT_EQ(reader.height_px(2), 720);
  EXPECT_EQ(base->needed_for, kAllPoints);
  // P, L, B, E, Z: spatial 1, temporal 1, U; not used by the layer above.
  const auto middle = Read(reader, wire::Codec::kVp9, {0x6d, 0x32, 9, 0xaa});
  EXPECT_EQ(middle->spatial_layer, 1);
  EXPECT_EQ(middle->needed_for, OfSpatial(1) & FromTemporal(1));
  EXPECT_EQ(middle->entry_from, (LayerPoint{1, 1}));
  EXPECT_EQ(middle->available, UpTo({2, 1}));
  // Without Z it is needed above too, and not below.
  const auto used = Read(reader, wire::Codec::kVp9, {0x6c, 0x02, 9, 0xaa});
  EXPECT_EQ(used->needed_for, static_cast<PointMask>(kAllPoints & ~OfSpatial(0)));
}

TEST(FrameReader, AnH264FrameThatNoneRefersToIsATemporalLayer) {
  FrameReader reader;
  EXPECT_EQ(Read(reader, wire::Codec::kH264, {0x65, 1})->available, UpTo({0, 0}));
  const auto spare = Read(reader, wire::Codec::kH264, {0x01, 1});
  EXPECT_EQ(spare->temporal_layer, 1);
  EXPECT_EQ(spare->available, UpTo({0, 1}));
  EXPECT_EQ(spare->entry_from, (LayerPoint{0, 0}));
  EXPECT_EQ(Read(reader, wire::Codec::kH264, {0x61, 1})->temporal_layer, 0);
}

TEST(FrameReader, AnAv1PacketThatGoesOnIsOfTheLayerThatBegan) {
  FrameReader reader;
  EXPECT_EQ(Read(reader, wire::Codec::kAv1, {0x50, 0x34, 0x40, 1})->temporal_layer, 2);
  const auto rest = Read(reader, wire::Codec::kAv1, {0x90, 0xaa, 1});
  EXPECT_EQ(rest->temporal_layer, 2);
  EXPECT_FALSE(rest->frame_start);
  EXPECT_EQ(Read(reader, wire::Codec::kAv1, {0x10, 0x30, 1})->temporal_layer, 0);
}

TEST(FrameReader, TheDescriptorGoesBeforeThePayload) {
  PacketPool pool(64);
  SvcSource source(TrackId(1), SvcCodec::kAv1, {3, 3, true}, 1);
  const auto key = source.Next(pool);
  ASSERT_EQ(key.size(), 3u);
  EXPECT_TRUE(key[0]->info.frame.key_frame);
  EXPECT_FALSE(key[1]->info.frame.key_frame) << "it needs the layer below";
  EXPECT_EQ(key[0]->info.frame.entry_to, UpTo({2, 2}));
  EXPECT_EQ(key[0]->info.frame.available, UpTo({2, 2}));
  EXPECT_EQ(key[2]->info.frame.references, 1u);
  const auto next = source.Next(pool);
  EXPECT_EQ(next[1]->info.frame.spatial_layer, 1);
  EXPECT_EQ(next[1]->info.frame.temporal_layer, 2);
  EXPECT_EQ(next[1]->info.frame.needed_for, BitOf({1, 2}));
  EXPECT_EQ(next[1]->info.frame.references, 1u << 2) << "three frames before";
  ASSERT_TRUE(next[1]->info.descriptor);
  EXPECT_EQ(next[1]->info.descriptor->layout.decode_targets, 9);
}

TEST(FrameReader, AFrameFromBeforeTheKeyFrameIsOfNoUse) {
  FrameReader reader;
  wire::SvcScript script({1, 2, false}, 0, 100);
  const auto old = script.Next(true)[0];
  const auto key = script.Next(true)[0];
  const auto take = [&](const wire::SvcFrame& frame, int64_t sequence) {
    PacketInfo info = MakeInfo(sequence, 0);
    const auto value = script.Descriptor(frame);
    EXPECT_TRUE(reader.Read(wire::Codec::kAv1, Bytes{0x10, 0xaa}, value, 20, info));
    return info;
  };
  EXPECT_TRUE(take(key, 2).frame.key_frame);
  const PacketInfo late = take(old, 1);
  EXPECT_FALSE(late.frame.key_frame);
  EXPECT_EQ(late.frame.needed_for, 0);
  EXPECT_FALSE(late.descriptor);
}

TEST(FrameReader, WithoutAStructureThePayloadTells) {
  FrameReader reader;
  PacketInfo info = MakeInfo(1, 0);
  ASSERT_TRUE(reader.Read(wire::Codec::kAv1, Bytes{0x18, 0xaa}, Bytes{0xc0, 0, 1}, 20, info));
  EXPECT_TRUE(info.frame.key_frame);
  EXPECT_FALSE(info.descriptor);
}

TEST(FrameReader, AnotherCodecIsAnotherStream) {
  FrameReader reader;
  Read(reader, wire::Codec::kVp8, {0x90, 0xe0, 0x80, 1, 7, 2 << 6, 0x11}, 5);
  EXPECT_EQ(reader.temporal_layers(), 3);
  EXPECT_TRUE(Read(reader, wire::Codec::kH264, {0x65, 1}, 6)->key_frame);
  EXPECT_EQ(reader.temporal_layers(), 1);
  EXPECT_EQ(Read(reader, wire::Codec::kVp8, {0x90, 0x80, 0x80, 1, 0x11}, 4)->needed_for, 0)
      << "late, of the codec before";
}

}  // namespace
}  // namespace conclave::media
