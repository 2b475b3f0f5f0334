#include "router/publisher.h"

#include <gtest/gtest.h>

#include "router/test_media.h"
#include "wire/rtp_extensions.h"

namespace conclave::router {
namespace {

using testing::CameraConfig;
using testing::MicrophoneConfig;
using testing::RawPacket;
using testing::Vp8Payload;

constexpr TrackId kMicrophone(1);
constexpr TrackId kCamera(2);

class PublisherTest : public ::testing::Test {
 protected:
  PublisherTest() {
    publisher_.AddTracks(std::vector{MicrophoneConfig(kMicrophone), CameraConfig(kCamera, 3)});
  }

  struct Sent {
    IngestVerdict verdict = IngestVerdict::kNothing;
    Arrived arrived;
    media::PacketRef packet;
  };
  Sent Receive(wire::RtpHeader header, const std::vector<uint8_t>& payload,
               std::string_view mid = "", std::string_view rid = "", uint8_t rid_id = 5) {
    std::vector<wire::RtpExtension> extensions;
    if (!mid.empty()) extensions.push_back({4, wire::EncodeStreamId(mid)});
    if (!rid.empty()) extensions.push_back({rid_id, wire::EncodeStreamId(rid)});
    header.extensions = extensions;
    Sent sent;
    sent.packet = RawPacket(pool_, header, payload);
    sent.verdict = publisher_.OnRtp(now_, *sent.packet, sent.arrived);
    return sent;
  }
  wire::RtpHeader Vp8Header(uint16_t sequence, uint32_t ssrc) {
    return {.payload_type = 96, .sequence = sequence, .timestamp = 90000, .ssrc = ssrc};
  }

  Instant now_ = Instant::FromMicros(1'000'000);
  SeededRandom random_{1};
  media::PacketPool pool_{64};
  TouchedParticipants touched_;
  Publisher publisher_{ParticipantIndex(0), touched_, random_};
};

TEST_F(PublisherTest, LearnsSimulcastStreamsFromMidAndRid) {
  const Sent first = Receive(Vp8Header(10, 0xaaaa), Vp8Payload(true, 7), "m2", "1");
  ASSERT_EQ(first.verdict, IngestVerdict::kMedia);
  EXPECT_EQ(first.arrived.track->id(), kCamera);
  EXPECT_EQ(first.arrived.layer, 1);
  EXPECT_TRUE(first.arrived.layer_began);
  EXPECT_TRUE(first.packet->info.frame.key_frame);
  EXPECT_EQ(first.packet->info.picture.picture_id, 7);
  // From now on the SSRC alone says it.
  const Sent second = Receive(Vp8Header(11, 0xaaaa), Vp8Payload(false, 8));
  ASSERT_EQ(second.verdict, IngestVerdict::kMedia);
  EXPECT_EQ(second.arrived.layer, 1);
  EXPECT_EQ(second.packet->info.sequence, first.packet->info.sequence + 1);
}

TEST_F(PublisherTest, StrangeStreamsAreNobodys) {
  EXPECT_EQ(Receive(Vp8Header(1, 0x1), Vp8Payload(true, 1), "nosuch", "1").verdict,
            IngestVerdict::kNothing);
  EXPECT_EQ(Receive(Vp8Header(1, 0x2), Vp8Payload(true, 1), "m2", "nosuch").verdict,
            IngestVerdict::kNothing);
  EXPECT_EQ(Receive(Vp8Header(1, 0x3), Vp8Payload(true, 1), "m2").verdict, IngestVerdict::kNothing);
  EXPECT_EQ(Receive({.payload_type = 50, .ssrc = 4}, {1, 2, 3}, "m2", "1").verdict,
            IngestVerdict::kNothing);
}

TEST_F(PublisherTest, MalformedPayloadsAreDropped) {
  // A descriptor that promises a picture id and ends.
  EXPECT_EQ(Receive(Vp8Header(1, 0x1), {0x90, 0x80}, "m2", "0").verdict, IngestVerdict::kMalformed);
  media::PacketRef garbage = *pool_.Allocate();
  garbage->size_bytes = 5;
  Arrived arrived;
  EXPECT_EQ(publisher_.OnRtp(now_, *garbage, arrived), IngestVerdict::kMalformed);
}

TEST_F(PublisherTest, ARetransmissionIsThePacketThatItRepeats) {
  const Sent first = Receive(Vp8Header(10, 0xaaaa), Vp8Payload(true, 7), "m2", "0");
  ASSERT_EQ(first.verdict, IngestVerdict::kMedia);
  Receive(Vp8Header(12, 0xaaaa), Vp8Payload(false, 9));
  auto payload = Vp8Payload(false, 8);
  payload.insert(payload.begin(), {0, 11});
  const Sent again =
      Receive({.payload_type = 97, .sequence = 900, .timestamp = 90000, .ssrc = 0xbbbb}, payload,
              "m2", "0", 6);
  ASSERT_EQ(again.verdict, IngestVerdict::kMedia);
  EXPECT_EQ(again.arrived.layer, 0);
  EXPECT_EQ(again.packet->info.sequence, first.packet->info.sequence + 1);
  EXPECT_EQ(again.packet->info.payload_type, 96);
  EXPECT_EQ(again.packet->info.picture.picture_id, 8);
  EXPECT_EQ(again.packet->payload().size(), payload.size() - 2);
  // A probe: an RTX packet with nothing to repeat.
  EXPECT_EQ(Receive({.payload_type = 97, .sequence = 901, .ssrc = 0xbbbb}, {}).verdict,
            IngestVerdict::kNothing);
}

// Browsers probe the path by sending again what has come, and by padding.
TEST_F(PublisherTest, WhatHasComeIsNotTakenAgain) {
  const Sent first = Receive(Vp8Header(10, 0xaaaa), Vp8Payload(true, 7), "m2", "0");
  ASSERT_EQ(first.verdict, IngestVerdict::kMedia);
  auto payload = Vp8Payload(true, 7);
  payload.insert(payload.begin(), {0, 10});
  const Sent probe =
      Receive({.payload_type = 97, .sequence = 900, .timestamp = 90000, .ssrc = 0xbbbb}, payload,
              "m2", "0", 6);
  EXPECT_EQ(probe.verdict, IngestVerdict::kNothing);
  EXPECT_EQ(Receive(Vp8Header(10, 0xaaaa), Vp8Payload(true, 7)).verdict, IngestVerdict::kNothing);
}

TEST_F(PublisherTest, ProbesAreNoPartOfALayersRate) {
  // Half a second of media, with nine times as much padding.
  for (uint16_t i = 0; i < 200; ++i) {
    const uint32_t frame = i / 10;
    const bool media = i % 10 == 0;
    now_ = now_ + Duration::Millis(5);
    Receive({.payload_type = 96,
             .sequence = static_cast<uint16_t>(10 + i),
             .timestamp = 90000 + frame * 4500,
             .ssrc = 0xaaaa},
            media ? Vp8Payload(i == 0, static_cast<uint16_t>(frame + 1)) : std::vector<uint8_t>(),
            "m2", "0");
  }
  const auto states = publisher_.tracks()[1]->LayerStates(now_);
  EXPECT_TRUE(states[0].available);
  EXPECT_GT(states[0].rate, DataRate());
  // 20 packets a second.
  EXPECT_LT(states[0].rate, DataRate::Kbps(15));
}

TEST_F(PublisherTest, ANewSsrcOfALayerGoesOnFurtherUp) {
  const Sent before = Receive(Vp8Header(60000, 0xaaaa), Vp8Payload(true, 7), "m2", "0");
  const Sent after = Receive(Vp8Header(5, 0xcccc), Vp8Payload(true, 1), "m2", "0");
  ASSERT_EQ(after.verdict, IngestVerdict::kMedia);
  EXPECT_EQ(after.arrived.layer, 0);
  EXPECT_GT(after.packet->info.sequence, before.packet->info.sequence);
  EXPECT_EQ(after.packet->info.sequence & 0xffff, 5);
  EXPECT_EQ(Receive(Vp8Header(60001, 0xaaaa), Vp8Payload(false, 8)).verdict,
            IngestVerdict::kNothing)
      << "the old stream is over";
}

TEST_F(PublisherTest, AudioLevelsAreReadAndAbsentOnesAssumedOnlyWhereNotNegotiated) {
  const auto level = wire::EncodeAudioLevel({true, 20});
  const std::vector<wire::RtpExtension> extensions = {{4, wire::EncodeStreamId("m1")}, {1, level}};
  media::PacketRef packet = RawPacket(
      pool_, {.payload_type = 111, .sequence = 1, .ssrc = 0xd, .extensions = extensions}, {1, 2});
  Arrived arrived;
  ASSERT_EQ(publisher_.OnRtp(now_, *packet, arrived), IngestVerdict::kMedia);
  EXPECT_EQ(packet->info.audio_level->level, 20);
  const Sent without = Receive({.payload_type = 111, .sequence = 2, .ssrc = 0xd}, {1, 2});
  EXPECT_FALSE(without.packet->info.audio_level.has_value());
}

TEST_F(PublisherTest, AnnouncedSsrcsNeedNoExtensions) {
  Publisher plain(ParticipantIndex(1), touched_, random_);
  TrackConfig config = CameraConfig(TrackId(9));
  config.ssrc = 0x77;
  config.rtx_ssrc = 0x78;
  plain.AddTracks(std::vector{config});
  media::PacketRef packet = RawPacket(pool_, Vp8Header(1, 0x77), Vp8Payload(true, 1));
  Arrived arrived;
  EXPECT_EQ(plain.OnRtp(now_, *packet, arrived), IngestVerdict::kMedia);
  // Neither SSRC nor MID, but only one section has that payload type (RFC 8843 section 9.2).
  media::PacketRef unknown = RawPacket(pool_, Vp8Header(1, 0x99), Vp8Payload(true, 1));
  EXPECT_EQ(plain.OnRtp(now_, *unknown, arrived), IngestVerdict::kMedia);
}

TEST_F(PublisherTest, IsQuietWithoutPackets) {
  EXPECT_EQ(publisher_.NextDeadline(), Instant::Never());
}

TEST_F(PublisherTest, LimitsTheTracksOfOneClient) {
  std::vector<TrackConfig> many;
  for (uint32_t i = 100; i < 200; ++i) many.push_back(MicrophoneConfig(TrackId(i)));
  EXPECT_EQ(publisher_.AddTracks(many).size(), Publisher::kTracksMax - 2);
  EXPECT_TRUE(publisher_.AddTracks(std::vector{MicrophoneConfig(kMicrophone)}).empty());
}

}  // namespace
}  // namespace conclave::router
