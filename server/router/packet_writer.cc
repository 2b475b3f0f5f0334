#include "router/packet_writer.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/big_endian.h"
#include "base/byte_writer.h"
#include "base/check.h"
#include "media/rtx.h"
#include "wire/dependency_descriptor.h"
#include "wire/red.h"
#include "wire/rtp.h"
#include "wire/rtp_extensions.h"

namespace conclave::router {
namespace {

// RFC 3550 section 5.1.
constexpr uint8_t kRtpPaddingBit = 0x20;

// The extensions of one packet, with the bytes that they point to.
class Extensions {
 public:
  Extensions(const ExtensionIds& ids, const media::SlotPacket& sent, const SendStamp& stamp)
      : Extensions(ids, stamp) {
    const media::PacketInfo& info = sent.source->info;
    if (ids.dependency_descriptor != 0 && sent.descriptor) AddDescriptor(ids, sent);
    if (ids.audio_level == 0 || !info.audio_level) return;
    level_ = wire::EncodeAudioLevel(*info.audio_level);
    list_[count_++] = {ids.audio_level, level_};
  }
  Extensions(const ExtensionIds& ids, const SendStamp& stamp) {
    if (ids.transport_cc != 0) {
      transport_sequence_ = wire::EncodeTransportSequence(stamp.transport_sequence);
      list_[count_++] = {ids.transport_cc, transport_sequence_};
    }
    if (ids.abs_send_time != 0) {
      const uint32_t time = stamp.abs_send_time;
      send_time_ = {static_cast<uint8_t>(time >> 16), static_cast<uint8_t>(time >> 8),
                    static_cast<uint8_t>(time)};
      list_[count_++] = {ids.abs_send_time, send_time_};
    }
  }
  Extensions(const Extensions&) = delete;
  Extensions& operator=(const Extensions&) = delete;
  std::span<const wire::RtpExtension> list() const { return std::span(list_).first(count_); }

 private:
  void AddDescriptor(const ExtensionIds& ids, const media::SlotPacket& sent) {
    const media::SourceDescriptor& source = *sent.source->info.descriptor;
    const auto value = std::span(sent.source->bytes).subspan(source.offset, source.size_bytes);
    const size_t size =
        wire::RewriteDependencyDescriptor(value, source.layout, *sent.descriptor, descriptor_);
    if (size == 0) return;
    list_[count_++] = {ids.dependency_descriptor, std::span(descriptor_).first(size)};
  }

  std::array<uint8_t, 1> level_{};
  std::array<uint8_t, 2> transport_sequence_{};
  std::array<uint8_t, 3> send_time_{};
  // Set where it is used.
  std::array<uint8_t, wire::kDependencyDescriptorBytesMax> descriptor_;
  std::array<wire::RtpExtension, 4> list_;
  size_t count_ = 0;
};

void RewritePayload(const media::SlotPacket& sent, std::span<uint8_t> payload) {
  if (!sent.source->info.picture.any()) return;
  wire::RewritePicture(sent.source->info.picture, sent.header.picture_id,
                       sent.header.tl0_picture_index, payload);
}

template <typename T>
uint8_t* Put(T value, uint8_t* at) {
  value = BigEndian(value);
  std::memcpy(at, &value, sizeof(value));
  return at + sizeof(value);
}

// RFC 8285 section 4.2: extensions of fixed size in the one-byte form, padded to whole words.
// Returns their end, `at` where there are none.
uint8_t* PutFixedExtensions(const ExtensionIds& ids, const media::SlotPacket& sent, uint8_t* at) {
  uint8_t* const begin = at + 2 * sizeof(uint16_t);
  uint8_t* end = begin;
  if (ids.transport_cc != 0) {
    end = Put(static_cast<uint8_t>(ids.transport_cc << 4 | 1), end);
    end = Put(sent.transport_sequence, end);
  }
  if (ids.abs_send_time != 0) {
    // 24 bits behind their head.
    end = Put(uint32_t{ids.abs_send_time} << 28 | 2U << 24 | (sent.abs_send_time & 0xff'ffff), end);
  }
  if (ids.audio_level != 0 && sent.source->info.audio_level) {
    end = Put(static_cast<uint8_t>(ids.audio_level << 4), end);
    end = Put(wire::EncodeAudioLevel(*sent.source->info.audio_level)[0], end);
  }
  if (end == begin) return at;
  while ((end - begin) % 4 != 0) end = Put(uint8_t{0}, end);
  Put(static_cast<uint16_t>((end - begin) / 4), Put(wire::kOneByteExtensionProfile, at));
  return end;
}

// The fixed header, one CSRC and three extensions of fixed size.
constexpr size_t kFixedHeaderMax = 12 + 4 + 4 + 12;

// Whether PutHeader can write it: nearly all are such.
bool HasFixedHeader(const ExtensionIds& ids, const media::SlotPacket& sent) {
  const uint8_t last = std::max({ids.transport_cc, ids.abs_send_time, ids.audio_level});
  const bool descriptor = ids.dependency_descriptor != 0 && sent.descriptor;
  return last <= wire::kOneByteExtensionIdMax && !descriptor;
}

// What WriteHeader writes, at a fraction of its cost. Requires HasFixedHeader, and kFixedHeaderMax
// bytes. Returns the size.
size_t PutHeader(const SlotConfig& slot, const media::SlotPacket& sent, uint8_t payload_type,
                 uint8_t* begin) {
  constexpr uint8_t kVersionAndOneCsrc = 0x81;
  constexpr uint8_t kExtensionBit = 0x10;
  uint8_t* at = Put(kVersionAndOneCsrc, begin);
  at = Put(static_cast<uint8_t>((sent.marker ? 0x80 : 0) | payload_type), at);
  at = Put(sent.header.sequence(), at);
  at = Put(sent.header.timestamp, at);
  at = Put(slot.ssrc, at);
  at = Put(sent.source->info.track.value(), at);
  uint8_t* const end = PutFixedExtensions(slot.extensions, sent, at);
  if (end != at) begin[0] |= kExtensionBit;
  return static_cast<size_t>(end - begin);
}

void WriteHeader(const SlotConfig& slot, const media::SlotPacket& sent, uint8_t payload_type,
                 ByteWriter& out) {
  const Extensions extensions(slot.extensions, sent, {sent.abs_send_time, sent.transport_sequence});
  const uint32_t csrc[] = {sent.source->info.track.value()};
  wire::WriteRtpHeader({.marker = sent.marker,
                        .payload_type = payload_type,
                        .sequence = sent.header.sequence(),
                        .timestamp = sent.header.timestamp,
                        .ssrc = slot.ssrc,
                        .csrcs = csrc,
                        .extensions = extensions.list()},
                       out);
}

}  // namespace

uint32_t AbsSendTime(Instant now) {
  const auto bytes = wire::EncodeAbsSendTime(now);
  return static_cast<uint32_t>(bytes[0] << 16 | bytes[1] << 8 | bytes[2]);
}

std::optional<WrittenPacket> WriteMedia(const SlotConfig& slot, const media::SlotPacket& sent,
                                        std::span<uint8_t> destination) {
  size_t header_bytes = 0;
  if (HasFixedHeader(slot.extensions, sent) && destination.size() >= kFixedHeaderMax) {
    header_bytes = PutHeader(slot, sent, sent.payload_type, destination.data());
  } else {
    ByteWriter out(destination);
    WriteHeader(slot, sent, sent.payload_type, out);
    if (!out.ok()) return std::nullopt;
    header_bytes = out.size();
  }
  const std::span<uint8_t> payload = sent.source->mutable_payload();
  if (payload.size() > destination.size() - header_bytes) return std::nullopt;
  RewritePayload(sent, payload);
  return WrittenPacket{destination.first(header_bytes), payload};
}

std::optional<WrittenPacket> WriteRedundant(const SlotConfig& slot, const media::SlotPacket& sent,
                                            std::span<const media::RepeatQueue::Block> blocks,
                                            std::span<uint8_t> destination) {
  std::array<wire::RedBlock, media::RepeatPolicy::kCopiesMax + 1> frames;
  CHECK(!blocks.empty() && blocks.size() < frames.size());
  size_t count = 0;
  for (const media::RepeatQueue::Block& block : blocks) {
    frames[count++] = {block.payload_type, block.timestamp_offset, block.source->payload()};
  }
  frames[count++] = {sent.payload_type, 0, sent.source->payload()};
  ByteWriter out(destination);
  WriteHeader(slot, sent, slot.red_payload_type, out);
  const size_t header_bytes = out.size();
  wire::WriteRed(std::span(frames).first(count), out);
  if (!out.ok()) return std::nullopt;
  return WrittenPacket{destination.first(header_bytes), out.written().subspan(header_bytes)};
}

std::optional<WrittenPacket> AddPadding(const WrittenPacket& written, uint8_t padding_bytes,
                                        std::span<uint8_t> destination) {
  const size_t header_bytes = written.header.size();
  const size_t payload_bytes = written.payload.size();
  if (header_bytes + payload_bytes + padding_bytes > destination.size()) return std::nullopt;
  const std::span<uint8_t> payload = destination.subspan(header_bytes);
  if (written.payload.data() != payload.data()) std::ranges::copy(written.payload, payload.begin());
  ByteWriter out(payload.subspan(payload_bytes));
  wire::WriteRtpPadding(padding_bytes, out);
  destination[0] |= kRtpPaddingBit;
  return WrittenPacket{destination.first(header_bytes),
                       payload.first(payload_bytes + padding_bytes)};
}

std::optional<WrittenPacket> WriteRetransmission(const SlotConfig& slot,
                                                 const media::SlotPacket& sent,
                                                 uint8_t rtx_payload_type, uint16_t rtx_sequence,
                                                 const SendStamp& stamp,
                                                 std::span<uint8_t> destination) {
  const media::PacketInfo& info = sent.source->info;
  const Extensions extensions(slot.extensions, sent, stamp);
  const uint32_t csrc[] = {info.track.value()};
  const wire::RtpHeader header = {.marker = sent.marker,
                                  .payload_type = rtx_payload_type,
                                  .sequence = rtx_sequence,
                                  .timestamp = sent.header.timestamp,
                                  .ssrc = slot.rtx_ssrc,
                                  .csrcs = csrc,
                                  .extensions = extensions.list()};
  ByteWriter out(destination);
  const std::span<uint8_t> copy =
      media::WriteRtx(header, sent.header.sequence(), sent.source->payload(), out);
  if (!out.ok()) return std::nullopt;
  RewritePayload(sent, copy);
  const size_t header_bytes = out.size() - copy.size() - media::kRtxOsnBytes;
  return WrittenPacket{destination.first(header_bytes),
                       destination.subspan(header_bytes, out.size() - header_bytes)};
}

std::optional<WrittenPacket> WritePadding(const SlotConfig& slot, const media::SlotPacket& sent,
                                          TrackId track, std::span<uint8_t> destination) {
  const Extensions extensions(slot.extensions, {sent.abs_send_time, sent.transport_sequence});
  const uint32_t csrc[] = {track.value()};
  ByteWriter out(destination);
  wire::WriteRtpHeader({.padding = true,
                        .payload_type = sent.payload_type,
                        .sequence = sent.header.sequence(),
                        .timestamp = sent.header.timestamp,
                        .ssrc = slot.ssrc,
                        .csrcs = csrc,
                        .extensions = extensions.list()},
                       out);
  const size_t header_bytes = out.size();
  const uint8_t padding = std::max<uint8_t>(sent.padding_bytes, 1);
  wire::WriteRtpPadding(padding, out);
  if (!out.ok()) return std::nullopt;
  return WrittenPacket{destination.first(header_bytes), destination.subspan(header_bytes, padding)};
}

std::optional<WrittenPacket> WriteProbe(const SlotConfig& slot, uint8_t rtx_payload_type,
                                        uint16_t rtx_sequence, TrackId track, uint8_t padding_bytes,
                                        const SendStamp& stamp, std::span<uint8_t> destination) {
  const Extensions extensions(slot.extensions, stamp);
  const uint32_t csrc[] = {track.value()};
  ByteWriter out(destination);
  wire::WriteRtpHeader({.padding = true,
                        .payload_type = rtx_payload_type,
                        .sequence = rtx_sequence,
                        .ssrc = slot.rtx_ssrc,
                        .csrcs = csrc,
                        .extensions = extensions.list()},
                       out);
  const size_t header_bytes = out.size();
  wire::WriteRtpPadding(padding_bytes, out);
  if (!out.ok()) return std::nullopt;
  return WrittenPacket{destination.first(header_bytes),
                       destination.subspan(header_bytes, padding_bytes)};
}

}  // namespace conclave::router
