#include "media/descriptor_rewriter.h"

#include <gtest/gtest.h>

#include "media/svc_source.h"

namespace conclave::media {
namespace {

constexpr wire::SvcMode kMode = {3, 3, true};

// Reads what a receiver would be sent, with what it was sent before.
class Receiver {
 public:
  // Forwards all of a picture; the numbers of its frames as received.
  std::vector<uint16_t> Play(SvcSource& source, bool key = false, PointMask complete = kAllPoints) {
    std::vector<uint16_t> numbers;
    for (const PacketRef& packet : source.Next(pool_, key)) {
      const PacketInfo& info = packet->info;
      const auto rewrite = rewriter_.Map(info, complete);
      const SourceDescriptor& descriptor = *info.descriptor;
      const auto value = std::span(packet->bytes).subspan(descriptor.offset, descriptor.size_bytes);
      std::vector<uint8_t> out(wire::kDependencyDescriptorBytesMax);
      out.resize(wire::RewriteDependencyDescriptor(value, descriptor.layout, rewrite, out));
      const auto mandatory = wire::ParseDependencyDescriptor(out);
      if (mandatory->has_structure) {
        EXPECT_TRUE(wire::ParseAttachedStructure(out, structure));
      }
      const auto frame = wire::ParseFrameDependencies(out, structure);
      EXPECT_TRUE(frame) << "by the structure that the receiver has";
      if (!frame) continue;
      EXPECT_EQ(frame->dependencies.spatial_layer, info.frame.spatial_layer);
      EXPECT_EQ(frame->dependencies.temporal_layer, info.frame.temporal_layer);
      if (frame->active_targets) active = *frame->active_targets;
      told_targets = mandatory->has_active_targets;
      if (mandatory->start_of_frame) numbers.push_back(mandatory->frame_number);
    }
    return numbers;
  }
  void Switch() { rewriter_.BeginSource(); }

  wire::DependencyStructure structure;
  uint32_t active = 0;
  // Of the last packet.
  bool told_targets = false;

 private:
  PacketPool pool_{64};
  DescriptorRewriter rewriter_;
};

using Numbers = std::vector<uint16_t>;

TEST(DescriptorRewriter, NumbersGoOnOverASwitch) {
  SvcSource a(TrackId(1), SvcCodec::kAv1, kMode, 1, 0, 65000);
  SvcSource b(TrackId(2), SvcCodec::kAv1, kMode, 1, 0, 77);
  Receiver receiver;
  EXPECT_EQ(receiver.Play(a), (Numbers{0, 1, 2}));
  EXPECT_EQ(receiver.Play(a), (Numbers{3, 4, 5}));
  receiver.Switch();
  EXPECT_EQ(receiver.Play(b), (Numbers{6, 7, 8}));
  EXPECT_EQ(receiver.Play(b, true), (Numbers{9, 10, 11}));
}

TEST(DescriptorRewriter, ASwitchBringsOtherTemplateIds) {
  SvcSource a(TrackId(1), SvcCodec::kAv1, kMode, 1, 5);
  SvcSource b(TrackId(2), SvcCodec::kAv1, kMode, 1, 5);
  Receiver receiver;
  receiver.Play(a);
  const uint8_t first = receiver.structure.template_id_offset;
  receiver.Play(a, true);
  EXPECT_EQ(receiver.structure.template_id_offset, first) << "the same source, the same ids";
  receiver.Switch();
  receiver.Play(b);
  const uint8_t count = a.script().structure().template_count;
  EXPECT_EQ(receiver.structure.template_id_offset, (first + count) % 64);
  for (int i = 0; i < 10; ++i) receiver.Play(b);
}

TEST(DescriptorRewriter, TheGapsOfASourceStay) {
  SvcSource a(TrackId(1), SvcCodec::kAv1, {1, 1, false}, 1, 0, 10);
  PacketPool pool(8);
  DescriptorRewriter rewriter;
  const auto first = rewriter.Map(a.Next(pool)[0]->info, kAllPoints);
  a.Next(pool);
  const auto third = rewriter.Map(a.Next(pool)[0]->info, kAllPoints);
  EXPECT_EQ(third.frame_number, first.frame_number + 2) << "others are named by difference";
}

TEST(DescriptorRewriter, TheActiveTargetsAreThoseThatAreComplete) {
  SvcSource a(TrackId(1), SvcCodec::kAv1, kMode);
  Receiver receiver;
  receiver.Play(a);
  EXPECT_FALSE(receiver.told_targets) << "the structure says it: all";
  EXPECT_EQ(receiver.active, 0b111'111'111u);
  SvcSource b(TrackId(2), SvcCodec::kAv1, kMode, 1);
  receiver.Switch();
  receiver.Play(b, false, UpTo({1, 1}));
  EXPECT_EQ(receiver.active, 0b000'011'011u) << "on the key frame itself";
  receiver.Play(b, false, BitOf({1, 0}) | BitOf({1, 1}));
  EXPECT_EQ(receiver.active, 0b000'011'000u);
  receiver.Play(b);
  EXPECT_EQ(receiver.active, 0b111'111'111u) << "all again, though no structure says it";
  EXPECT_TRUE(receiver.told_targets);
  receiver.Play(b, true);
  EXPECT_FALSE(receiver.told_targets);
}

}  // namespace
}  // namespace conclave::media
