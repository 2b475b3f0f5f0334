// What scripted media consists of: payloads whose codec headers are real (the server parses and
// rewrites them), and whose content says which frame of which track it is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.h"

namespace conclave::sim {

struct FakeFrame {
  TrackId track;
  uint8_t layer = 0;
  // Counts the layer's frames from 0.
  uint32_t number = 0;
  bool key = false;
  uint8_t packet = 0;
  uint8_t packet_count = 1;
  bool operator==(const FakeFrame&) const = default;
};

// A VP8 payload (RFC 7741): descriptor with 15-bit picture id, TL0PICIDX and TID, then the frame
// header of RFC 6386 section 9.1 with a picture size on key frames, then the content.
std::vector<uint8_t> EncodeVp8(const FakeFrame& frame, uint16_t picture_id,
                               uint8_t tl0_picture_index, uint16_t height_px, size_t size_bytes);
// AV1 (one OBU element of a frame) and VP9 (RFC 9628, without optional fields): what layers there
// are is for the dependency descriptor to say.
std::vector<uint8_t> EncodeAv1(const FakeFrame& frame, size_t size_bytes);
std::vector<uint8_t> EncodeVp9(const FakeFrame& frame, size_t size_bytes);
std::vector<uint8_t> EncodeOpus(const FakeFrame& frame, size_t size_bytes);

struct DecodedVp8 {
  FakeFrame frame;
  uint16_t picture_id = 0;
  uint8_t tl0_picture_index = 0;
};
std::optional<DecodedVp8> DecodeVp8(std::span<const uint8_t> payload);
std::optional<FakeFrame> DecodeAv1(std::span<const uint8_t> payload);
std::optional<FakeFrame> DecodeVp9(std::span<const uint8_t> payload);
std::optional<FakeFrame> DecodeOpus(std::span<const uint8_t> payload);

}  // namespace conclave::sim
