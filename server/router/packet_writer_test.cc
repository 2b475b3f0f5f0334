#include "router/packet_writer.h"

#include <gmock/gmock.h>

#include <array>
#include <cstring>
#include <vector>

#include "base/byte_writer.h"
#include "wire/rtp.h"
#include "wire/rtp_extensions.h"
#include "wire/vp8.h"

namespace conclave::router {
namespace {

using ::testing::ElementsAreArray;

class PacketWriter : public ::testing::Test {
 protected:
  PacketWriter() {
    slot_.ssrc = 0x1111;
    slot_.rtx_ssrc = 0x2222;
    slot_.extensions.audio_level = 5;
    slot_.extensions.abs_send_time = 7;
    sent_.source = *pool_.Allocate();
    sent_.header = {
        .index = 0x12345, .timestamp = 777, .picture_id = 0x1234, .tl0_picture_index = 9};
    sent_.payload_type = 96;
    sent_.marker = true;
    sent_.abs_send_time = 0xabcdef;
    sent_.source->info.track = TrackId(0x42);
  }
  void SetPayload(const std::vector<uint8_t>& payload) {
    std::memcpy(sent_.source->bytes.data() + 12, payload.data(), payload.size());
    sent_.source->info.payload_offset = 12;
    sent_.source->info.payload_bytes = static_cast<uint16_t>(payload.size());
  }
  // The packet in one piece, as the receiver will have it.
  std::vector<uint8_t> Joined(const WrittenPacket& written) {
    std::vector<uint8_t> bytes(written.header.begin(), written.header.end());
    bytes.insert(bytes.end(), written.payload.begin(), written.payload.end());
    return bytes;
  }

  media::PacketPool pool_{4};
  SlotConfig slot_;
  media::SlotPacket sent_;
  std::vector<uint8_t> buffer_ = std::vector<uint8_t>(1500);
};

TEST_F(PacketWriter, TheHeaderIsTheSlotsAndThePayloadIsShared) {
  SetPayload({1, 2, 3, 4, 5});
  sent_.source->info.audio_level = wire::AudioLevelValue{true, 33};
  const auto written = WriteMedia(slot_, sent_, buffer_);
  ASSERT_TRUE(written.has_value());
  EXPECT_EQ(written->payload.data(), sent_.source->payload().data()) << "not copied";
  const auto bytes = Joined(*written);
  const auto packet = wire::ParseRtp(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->ssrc, 0x1111u);
  EXPECT_EQ(packet->sequence, 0x2345);
  EXPECT_EQ(packet->timestamp, 777u);
  EXPECT_EQ(packet->payload_type, 96);
  EXPECT_TRUE(packet->marker);
  ASSERT_EQ(packet->csrcs.size(), 1u);
  EXPECT_EQ(packet->csrcs[0], 0x42u);
  EXPECT_THAT(packet->payload, ElementsAreArray({1, 2, 3, 4, 5}));
  const auto level = wire::FindExtension(*packet, 5);
  ASSERT_TRUE(level.has_value());
  EXPECT_EQ(wire::ParseAudioLevel(*level), (wire::AudioLevelValue{true, 33}));
  const auto time = wire::FindExtension(*packet, 7);
  ASSERT_TRUE(time.has_value());
  EXPECT_EQ(wire::ParseAbsSendTime(*time), 0xabcdefu);
}

TEST_F(PacketWriter, WithoutNegotiatedExtensionsThereAreNone) {
  SetPayload({1});
  slot_.extensions = {};
  sent_.source->info.audio_level = wire::AudioLevelValue{true, 33};
  const auto written = WriteMedia(slot_, sent_, buffer_);
  ASSERT_TRUE(written.has_value());
  EXPECT_FALSE(wire::ParseRtp(Joined(*written))->has_extensions);
}

TEST_F(PacketWriter, Vp8DescriptorsAreRewrittenForOneReceiverAfterTheOther) {
  // X, I with 15 bits, L: then a byte of data.
  const std::vector<uint8_t> payload = {0x90, 0xc0, 0x80, 0x05, 0x06, 0x10, 0x77};
  SetPayload(payload);
  sent_.source->info.picture = wire::ParseVp8(payload)->fields();
  media::SlotPacket other = sent_;
  other.header.picture_id = 0x4321;
  other.header.tl0_picture_index = 200;
  for (const media::SlotPacket* packet : {&sent_, &other, &sent_}) {
    const auto written = WriteMedia(slot_, *packet, buffer_);
    ASSERT_TRUE(written.has_value());
    EXPECT_EQ(written->payload.data(), packet->source->payload().data()) << "not copied";
    const auto rewritten = wire::ParseVp8(written->payload);
    ASSERT_TRUE(rewritten.has_value());
    EXPECT_EQ(rewritten->picture_id, packet->header.picture_id);
    EXPECT_EQ(rewritten->tl0_picture_index, packet->header.tl0_picture_index);
    EXPECT_EQ(written->payload.back(), 0x77);
  }
}

// Most headers are written by a way of their own.
TEST_F(PacketWriter, ShortHeadersAreWhatTheGeneralWriterMakesOfThem) {
  SetPayload({1, 2, 3});
  sent_.transport_sequence = 0x8001;
  sent_.source->info.audio_level = wire::AudioLevelValue{true, 33};
  const auto level = wire::EncodeAudioLevel(*sent_.source->info.audio_level);
  const auto number = wire::EncodeTransportSequence(sent_.transport_sequence);
  const std::array<uint8_t, 3> time = {0xab, 0xcd, 0xef};
  for (int which = 0; which < 16; ++which) {
    SCOPED_TRACE(which);
    std::vector<wire::RtpExtension> extensions;
    slot_.extensions = {};
    sent_.marker = (which & 8) != 0;
    if ((which & 1) != 0) extensions.push_back({slot_.extensions.transport_cc = 1, number});
    if ((which & 2) != 0) extensions.push_back({slot_.extensions.abs_send_time = 14, time});
    if ((which & 4) != 0) extensions.push_back({slot_.extensions.audio_level = 9, level});
    const uint32_t csrc[] = {0x42};
    std::array<uint8_t, 100> expected;
    ByteWriter writer(expected);
    wire::WriteRtpHeader({.marker = sent_.marker,
                          .payload_type = 96,
                          .sequence = 0x2345,
                          .timestamp = 777,
                          .ssrc = 0x1111,
                          .csrcs = csrc,
                          .extensions = extensions},
                         writer);
    const auto written = WriteMedia(slot_, sent_, buffer_);
    ASSERT_TRUE(written.has_value());
    EXPECT_THAT(written->header, ElementsAreArray(writer.written()));
  }
}

TEST_F(PacketWriter, ExtensionsWithLargeNumbersHaveTheOtherForm) {
  SetPayload({1, 2, 3});
  slot_.extensions = {};
  slot_.extensions.abs_send_time = 15;
  const auto written = WriteMedia(slot_, sent_, buffer_);
  ASSERT_TRUE(written.has_value());
  const auto bytes = Joined(*written);
  const auto packet = wire::ParseRtp(bytes);
  ASSERT_TRUE(packet.has_value());
  const auto time = wire::FindExtension(*packet, 15);
  ASSERT_TRUE(time.has_value());
  EXPECT_THAT(*time, ElementsAreArray({0xab, 0xcd, 0xef}));
}

TEST_F(PacketWriter, ARetransmissionCarriesTheOriginalNumberAndTheRewrittenPayload) {
  const std::vector<uint8_t> payload = {0x90, 0xc0, 0x80, 0x05, 0x06, 0x10, 0x77};
  SetPayload(payload);
  sent_.source->info.picture = wire::ParseVp8(payload)->fields();
  const auto written = WriteRetransmission(slot_, sent_, 97, 0x999, {}, buffer_);
  ASSERT_TRUE(written.has_value());
  const auto bytes = Joined(*written);
  const auto packet = wire::ParseRtp(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->ssrc, 0x2222u);
  EXPECT_EQ(packet->payload_type, 97);
  EXPECT_EQ(packet->sequence, 0x999);
  EXPECT_EQ(packet->timestamp, 777u);
  ASSERT_EQ(packet->payload.size(), payload.size() + 2);
  EXPECT_EQ(packet->payload[0] << 8 | packet->payload[1], 0x2345);
  EXPECT_EQ(wire::ParseVp8(packet->payload.subspan(2))->picture_id, 0x1234);
}

TEST_F(PacketWriter, PaddingIsAPacketOfNothing) {
  slot_.extensions.transport_cc = 3;
  sent_.transport_sequence = 0xbeef;
  const auto written = WritePadding(slot_, sent_, TrackId(0x42), buffer_);
  ASSERT_TRUE(written.has_value());
  const auto bytes = Joined(*written);
  const auto packet = wire::ParseRtp(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_TRUE(packet->payload.empty());
  EXPECT_EQ(packet->padding_bytes, 1);
  EXPECT_EQ(packet->sequence, 0x2345);
  const auto number = wire::FindExtension(*packet, 3);
  ASSERT_TRUE(number.has_value());
  EXPECT_EQ(wire::ParseTransportSequence(*number), 0xbeef);
}

TEST_F(PacketWriter, PaddingGoesBehindThePayload) {
  SetPayload({1, 2, 3, 4, 5});
  const auto written = WriteMedia(slot_, sent_, buffer_);
  ASSERT_TRUE(written.has_value());
  const auto padded = AddPadding(*written, 3, buffer_);
  ASSERT_TRUE(padded.has_value());
  const auto bytes = Joined(*padded);
  const auto packet = wire::ParseRtp(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->padding_bytes, 3);
  EXPECT_THAT(packet->payload, ElementsAreArray({1, 2, 3, 4, 5}));
  EXPECT_EQ(bytes.size(), Joined(*written).size() + 3);
  EXPECT_FALSE(AddPadding(*written, 3, std::span(buffer_).first(bytes.size() - 1)).has_value());
}

TEST_F(PacketWriter, AProbeIsPaddingOfTheRtxStream) {
  slot_.extensions.transport_cc = 3;
  const auto written = WriteProbe(slot_, 97, 0x999, TrackId(0x42), 255, {1, 0xbeef}, buffer_);
  ASSERT_TRUE(written.has_value());
  const auto bytes = Joined(*written);
  const auto packet = wire::ParseRtp(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_TRUE(packet->payload.empty());
  EXPECT_EQ(packet->padding_bytes, 255);
  EXPECT_EQ(packet->ssrc, 0x2222u);
  EXPECT_EQ(packet->payload_type, 97);
  EXPECT_EQ(packet->sequence, 0x999);
  const auto number = wire::FindExtension(*packet, 3);
  ASSERT_TRUE(number.has_value());
  EXPECT_EQ(wire::ParseTransportSequence(*number), 0xbeef);
}

TEST_F(PacketWriter, WhatDoesNotFitIsNotWritten) {
  SetPayload(std::vector<uint8_t>(1200));
  for (const size_t room : {size_t{0}, size_t{11}, size_t{30}, size_t{1200}}) {
    const auto destination = std::span(buffer_).first(room);
    EXPECT_FALSE(WriteMedia(slot_, sent_, destination).has_value()) << room;
    EXPECT_FALSE(WriteRetransmission(slot_, sent_, 97, 1, {}, destination).has_value()) << room;
  }
  EXPECT_FALSE(WritePadding(slot_, sent_, TrackId(1), std::span(buffer_).first(12)));
}

}  // namespace
}  // namespace conclave::router
