// A slot that carries scalable streams, and sources that change their codec: what its receiver
// sees.
#include <gtest/gtest.h>

#include "media/svc_source.h"
#include "router/packet_writer.h"
#include "router/slot.h"
#include "router/test_media.h"
#include "wire/rtp.h"

namespace conclave::router {
namespace {

using media::SvcCodec;
using media::SvcSource;
using testing::CameraConfig;
using testing::SourcePacket;

constexpr TrackId kA(11);
constexpr TrackId kB(12);
constexpr uint8_t kDescriptorId = 9;

TrackConfig ScalableCamera(TrackId id) {
  TrackConfig config = CameraConfig(id);
  config.codecs = {{CodecName::kAv1, 98, 99, ""}, {CodecName::kVp8, 96, 97, ""}};
  return config;
}

SlotConfig SlotFor(std::vector<CodecConfig> codecs) {
  SlotConfig config = testing::VideoSlotConfig(1);
  config.codecs = std::move(codecs);
  config.extensions.dependency_descriptor = kDescriptorId;
  return config;
}

class SlotLayersTest : public ::testing::Test {
 protected:
  SlotLayersTest() { egress_.Open(); }

  // Plays the next picture of a source into the slot, as the receiver gets it.
  struct Received {
    bool marker = false;
    uint16_t sequence = 0;
    uint8_t payload_type = 0;
    uint8_t spatial = 0;
    std::vector<uint8_t> descriptor;
  };
  std::vector<Received> Play(SourceTrack& track, SvcSource& source, bool key = false) {
    now_ = now_ + Duration::Millis(33);
    std::vector<Received> out;
    for (const media::PacketRef& packet : source.Next(pool_, key)) {
      *track.layer(0).frames = source.reader();
      Take(packet, out);
    }
    return out;
  }
  void Take(const media::PacketRef& packet, std::vector<Received>& out) {
    Slot::Outgoing next = slot_.Next(now_, packet);
    EXPECT_NE(next.action, Slot::Action::kPadding);
    if (next.action != Slot::Action::kMedia) return;
    std::vector<uint8_t> buffer(1500);
    const auto written = WriteMedia(slot_.config(), next.sent, buffer);
    ASSERT_TRUE(written);
    std::vector<uint8_t> bytes(written->header.begin(), written->header.end());
    bytes.insert(bytes.end(), written->payload.begin(), written->payload.end());
    const auto rtp = wire::ParseRtp(bytes);
    ASSERT_TRUE(rtp);
    Received received = {.marker = rtp->marker,
                         .sequence = rtp->sequence,
                         .payload_type = rtp->payload_type,
                         .spatial = packet->info.frame.spatial_layer};
    if (const auto value = wire::FindExtension(*rtp, kDescriptorId)) {
      received.descriptor.assign(value->begin(), value->end());
    }
    slot_.OnSent(std::move(next.sent));
    const auto expected =
        static_cast<uint16_t>(last_.value_or(static_cast<uint16_t>(received.sequence - 1)) + 1);
    EXPECT_EQ(received.sequence, expected) << "no gap";
    last_ = received.sequence;
    out.push_back(received);
  }

  Instant now_ = Instant::FromMicros(1'000'000);
  SeededRandom random_{1};
  media::HistoryPool histories_;
  media::PacketPool pool_{256};
  SendOrder order_;
  TouchedParticipants touched_;
  media::PublisherClock clock_;
  Egress egress_{ParticipantIndex(0), order_};
  SourceTrack a_{ScalableCamera(kA), ParticipantIndex(1), clock_, touched_};
  SourceTrack b_{ScalableCamera(kB), ParticipantIndex(2), clock_, touched_};
  SvcSource source_a_{kA, SvcCodec::kAv1, {3, 3, true}, 2, 3, 500};
  SvcSource source_b_{kB, SvcCodec::kAv1, {3, 3, true}, 2, 3, 9};
  Slot slot_{SlotFor({{CodecName::kAv1, 45, 46, ""}}), 0, egress_, histories_, random_};
  std::optional<uint16_t> last_;
};

TEST_F(SlotLayersTest, ALayerOfOneStreamIsSentWithoutGapsAndWithItsMarker) {
  slot_.Assign(now_, &a_, 1);
  Play(a_, source_a_);
  slot_.Assign(now_, &a_, 1);
  const auto key = Play(a_, source_a_, true);
  ASSERT_EQ(key.size(), 4u) << "two layers of two packets";
  EXPECT_TRUE(key[3].marker);
  EXPECT_FALSE(key[1].marker);
  EXPECT_EQ(key[0].payload_type, 45);
  for (int i = 0; i < 8; ++i) {
    const auto picture = Play(a_, source_a_);
    ASSERT_EQ(picture.size(), 2u) << "between key pictures the layer alone";
    EXPECT_EQ(picture[0].spatial, 1);
    EXPECT_TRUE(picture[1].marker);
  }
}

TEST_F(SlotLayersTest, GoingUpAsksForAKeyFrameOnceNoneComesAlone) {
  slot_.Assign(now_, &a_, 0);
  Play(a_, source_a_);
  a_.layer(0).pli_due = false;
  a_.layer(0).keyframes.OnKeyFrame();
  slot_.Assign(now_, &a_, 0);
  Play(a_, source_a_, true);
  EXPECT_FALSE(a_.layer(0).pli_due);
  now_ = now_ + Duration::Seconds(1);
  slot_.Assign(now_, &a_, 2);
  EXPECT_FALSE(a_.layer(0).pli_due) << "perhaps the stream lets it in";
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Play(a_, source_a_)[0].spatial, 0);
  EXPECT_TRUE(a_.layer(0).pli_due);
  EXPECT_EQ(Play(a_, source_a_, true).back().spatial, 2);
}

TEST_F(SlotLayersTest, ASwitchBetweenSourcesBringsTheNewStructureAndTheNextNumbers) {
  slot_.Assign(now_, &a_, 0);
  const auto first = Play(a_, source_a_);
  Play(a_, source_a_);
  slot_.Assign(now_, &b_, 0);
  const auto next = Play(b_, source_b_);
  ASSERT_FALSE(next.empty());
  wire::DependencyStructure old_one;
  wire::DependencyStructure new_one;
  ASSERT_TRUE(wire::ParseAttachedStructure(first[0].descriptor, old_one));
  ASSERT_TRUE(wire::ParseAttachedStructure(next[0].descriptor, new_one));
  EXPECT_EQ(new_one.template_id_offset, (old_one.template_id_offset + old_one.template_count) % 64);
  const auto number = [](const Received& packet) {
    return wire::ParseDependencyDescriptor(packet.descriptor)->frame_number;
  };
  EXPECT_EQ(number(next[0]), number(first[0]) + 6);
}

TEST_F(SlotLayersTest, TheDescriptorIsNotSentToWhoDidNotAskForIt) {
  SlotConfig config = SlotFor({{CodecName::kAv1, 45, 46, ""}});
  config.extensions.dependency_descriptor = 0;
  Slot slot(config, 1, egress_, histories_, random_);
  slot.Assign(now_, &a_, 0);
  const auto packets = source_a_.Next(pool_);
  const Slot::Outgoing out = slot.Next(now_, packets[0]);
  ASSERT_EQ(out.action, Slot::Action::kMedia);
  EXPECT_FALSE(out.sent.descriptor);
}

TEST_F(SlotLayersTest, ASourceMayChangeItsCodecAndTheReceiverGoesOn) {
  Slot both(SlotFor({{CodecName::kAv1, 45, 46, ""}, {CodecName::kVp8, 47, 0, ""}}), 1, egress_,
            histories_, random_);
  both.Assign(now_, &a_, 0);
  const auto packets = source_a_.Next(pool_);
  Slot::Outgoing av1;
  for (const media::PacketRef& packet : packets) {
    av1 = both.Next(now_, packet);
    ASSERT_EQ(av1.action, Slot::Action::kMedia);
  }
  // The same stream goes on in VP8: first with a frame that begins nothing.
  const int64_t sequence = packets.back()->info.sequence + 1 - 65536;
  EXPECT_EQ(both.Next(now_, SourcePacket(pool_, kA, 0, sequence, false)).action,
            Slot::Action::kNothing);
  const Slot::Outgoing vp8 = both.Next(now_, SourcePacket(pool_, kA, 0, sequence + 1, true));
  ASSERT_EQ(vp8.action, Slot::Action::kMedia);
  EXPECT_EQ(vp8.sent.payload_type, 47);
  EXPECT_FALSE(vp8.sent.descriptor) << "decisions 24";
  EXPECT_EQ(vp8.sent.header.index, av1.sent.header.index + 1);
}

TEST_F(SlotLayersTest, WhoCannotDecodeTheNewCodecIsToldAndComesBackWithAKeyFrame) {
  slot_.Assign(now_, &a_, 0);
  Play(a_, source_a_);
  slot_.TakeAssignment();
  const auto vp8 = [&](int64_t sequence, bool key) {
    return slot_.Next(now_, SourcePacket(pool_, kA, 0, sequence, key)).action;
  };
  EXPECT_EQ(vp8(70000, true), Slot::Action::kNothing);
  auto told = slot_.TakeAssignment();
  ASSERT_TRUE(told);
  EXPECT_TRUE(told->paused);
  EXPECT_EQ(vp8(70001, false), Slot::Action::kNothing);
  EXPECT_TRUE(Play(a_, source_a_).empty()) << "not before a key frame";
  EXPECT_FALSE(Play(a_, source_a_, true).empty());
  told = slot_.TakeAssignment();
  ASSERT_TRUE(told);
  EXPECT_FALSE(told->paused);
}

}  // namespace
}  // namespace conclave::router
