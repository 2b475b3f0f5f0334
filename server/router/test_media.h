// Tests only: tracks, slots and source packets by hand.
#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_writer.h"
#include "media/packet_pool.h"
#include "router/commands.h"
#include "wire/rtp.h"
#include "wire/vp8.h"

namespace conclave::router::testing {

inline TrackConfig CameraConfig(TrackId id, size_t layers = 1) {
  TrackConfig config;
  config.track = id;
  config.source = SourceKind::kCamera;
  config.mid = "m" + std::to_string(id.value());
  config.codecs = {{CodecName::kVp8, 96, 97, ""}};
  config.extensions = {.mid = 4, .rid = 5, .repaired_rid = 6, .transport_cc = 3};
  for (size_t i = 0; layers > 1 && i < layers; ++i) config.rids.push_back(std::to_string(i));
  return config;
}

inline TrackConfig MicrophoneConfig(TrackId id) {
  TrackConfig config;
  config.track = id;
  config.source = SourceKind::kMicrophone;
  config.mid = "m" + std::to_string(id.value());
  config.codecs = {{CodecName::kOpus, 111, 0, ""}};
  config.extensions = {.mid = 4, .audio_level = 1, .transport_cc = 3};
  return config;
}

inline SlotConfig VideoSlotConfig(uint16_t id) {
  SlotConfig config;
  config.slot = SlotId(id);
  config.kind = MediaKind::kVideo;
  config.ssrc = 1000u + id;
  config.rtx_ssrc = 2000u + id;
  config.codecs = {{CodecName::kVp8, 120, 121, ""}};
  return config;
}

// The first packet of a VP8 frame, or with `first` unset one that continues it.
inline std::vector<uint8_t> Vp8Payload(bool key, uint16_t picture_id, bool first = true) {
  const auto high = static_cast<uint8_t>(0x80 | picture_id >> 8);
  const auto frame = static_cast<uint8_t>(key ? 0x10 : 0x11);
  return {static_cast<uint8_t>(first ? 0x90 : 0x80),
          0x80,
          high,
          static_cast<uint8_t>(picture_id),
          frame,
          1,
          2,
          3};
}

// A packet as the publisher's ingest leaves it.
inline media::PacketRef SourcePacket(media::PacketPool& pool, TrackId track, uint8_t layer,
                                     int64_t sequence, bool key) {
  media::PacketRef packet = *pool.Allocate();
  const auto payload = Vp8Payload(key, static_cast<uint16_t>(sequence & 0x7fff));
  media::PacketInfo& info = packet->info;
  info.track = track;
  info.layer = layer;
  info.payload_type = 96;
  info.marker = true;
  info.sequence = 65536 + sequence;
  info.timestamp = 65536 + 3000 * sequence;
  info.payload_offset = 12;
  info.payload_bytes = static_cast<uint16_t>(payload.size());
  info.frame.key_frame = key;
  info.frame.frame_start = true;
  std::memcpy(packet->bytes.data() + 12, payload.data(), payload.size());
  info.frame.entry_to = key ? media::kAllPoints : media::PointMask{0};
  info.frame.frame_end = true;
  info.picture = wire::ParseVp8(payload)->fields();
  info.closes_picture_gaps = true;
  packet->size_bytes = static_cast<uint16_t>(12 + payload.size());
  return packet;
}

// What a raw packet on the wire looks like, in a pooled packet whose info is still empty.
inline media::PacketRef RawPacket(media::PacketPool& pool, const wire::RtpHeader& header,
                                  const std::vector<uint8_t>& payload) {
  media::PacketRef packet = *pool.Allocate();
  ByteWriter out(packet->bytes);
  wire::WriteRtpHeader(header, out);
  out.Bytes(payload);
  packet->size_bytes = static_cast<uint16_t>(out.size());
  return packet;
}

}  // namespace conclave::router::testing
