// Encoded media cut into RTP payloads once, and replayed by any number of senders.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"
#include "router/commands.h"

namespace conclave::load {

struct ClipPacket {
  uint32_t offset = 0;
  uint16_t size_bytes = 0;
};

struct ClipFrame {
  uint32_t first_packet = 0;
  uint16_t packet_count = 0;
  bool key = false;
  uint8_t temporal_layer = 0;
};

// Immutable after loading. Each payload has room for a stamp at its end: over the codec's own bytes
// where these are many, else behind them.
struct Clip {
  router::CodecName codec = router::CodecName::kOpus;
  Duration frame_interval = Duration::Millis(20);
  std::vector<ClipFrame> frames;
  std::vector<ClipPacket> packets;
  std::vector<uint8_t> bytes;
  // Where in each payload a 15-bit picture id lies; 0: the codec has none.
  size_t picture_id_offset = 0;
  // Where TL0PICIDX lies; 0: no temporal layers.
  size_t tl0_offset = 0;

  std::span<const uint8_t> payload(const ClipPacket& packet) const {
    return std::span(bytes).subspan(packet.offset, packet.size_bytes);
  }
  // Appends a payload to the last frame: `head` (the payload descriptor), then `body`.
  void AddPacket(std::span<const uint8_t> head, std::span<const uint8_t> body);
  // The first key frame at or after `frame`, from the beginning again where there is none.
  size_t NextKey(size_t frame) const;
};

}  // namespace conclave::load
