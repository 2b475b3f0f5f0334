// The VP8 payload descriptor (RFC 7741 section 4.2) and the first bit of the frame header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "wire/picture_id.h"

namespace conclave::wire {

struct Vp8Descriptor {
  bool non_reference = false;
  bool partition_start = false;
  uint8_t partition = 0;
  // 7 or 15 bits: has_long_picture_id says which.
  std::optional<uint16_t> picture_id;
  bool has_long_picture_id = false;
  std::optional<uint8_t> tl0_picture_index;
  std::optional<uint8_t> temporal_layer;
  // Y: only with temporal_layer. The frame depends on the base layer alone.
  bool layer_sync = false;
  std::optional<uint8_t> key_index;
  // The first packet of a key frame (S set, partition 0, P clear in the frame header).
  bool key_frame = false;
  size_t header_bytes = 0;
  // Where the fields lie, for Rewrite.
  size_t picture_id_offset = 0;
  size_t tl0_offset = 0;

  // The first packet of a frame.
  bool frame_start() const { return partition_start && partition == 0; }
  PictureFields fields() const {
    return {picture_id, has_long_picture_id, tl0_picture_index,
            static_cast<uint16_t>(picture_id_offset), static_cast<uint16_t>(tl0_offset)};
  }
};

// nullopt: truncated, or nothing behind the descriptor.
std::optional<Vp8Descriptor> ParseVp8(std::span<const uint8_t> payload);

// RewritePicture of its fields.
void RewriteVp8(const Vp8Descriptor& descriptor, uint16_t picture_id, uint8_t tl0_picture_index,
                std::span<uint8_t> payload);

}  // namespace conclave::wire
