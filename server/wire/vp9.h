// The VP9 payload descriptor (RFC 9628 section 4.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "wire/picture_id.h"

namespace conclave::wire {

// RFC 9628 section 4.2: SID has three bits.
inline constexpr size_t kVp9SpatialLayersMax = 8;

struct Vp9Descriptor {
  std::optional<uint16_t> picture_id;
  bool has_long_picture_id = false;
  // P: the frame depends on an earlier picture.
  bool inter_picture_predicted = false;
  bool flexible_mode = false;
  bool frame_start = false;
  bool frame_end = false;
  // Z: not used to predict a higher spatial layer in the same picture.
  bool not_inter_layer_reference = false;
  // With L only.
  std::optional<uint8_t> temporal_layer;
  std::optional<uint8_t> spatial_layer;
  // U: higher temporal layers may be switched to here.
  bool switching_up_point = false;
  // D: depends on the lower spatial layer of the same picture.
  bool inter_layer_predicted = false;
  std::optional<uint8_t> tl0_picture_index;
  bool has_scalability_structure = false;
  // Spatial layers that the structure announces, 1..8.
  uint8_t spatial_layers = 0;
  // Of each of them, where the structure tells, else 0.
  std::array<uint16_t, kVp9SpatialLayersMax> heights_px{};
  size_t header_bytes = 0;
  size_t picture_id_offset = 0;
  size_t tl0_offset = 0;

  // The first packet of a picture that depends on nothing.
  bool key_frame() const {
    return !inter_picture_predicted && frame_start && !inter_layer_predicted &&
           spatial_layer.value_or(0) == 0;
  }
  PictureFields fields() const {
    return {picture_id, has_long_picture_id, tl0_picture_index,
            static_cast<uint16_t>(picture_id_offset), static_cast<uint16_t>(tl0_offset)};
  }
};

// nullopt: truncated, or nothing behind the descriptor.
std::optional<Vp9Descriptor> ParseVp9(std::span<const uint8_t> payload);

// As RewriteVp8.
void RewriteVp9(const Vp9Descriptor& descriptor, uint16_t picture_id, uint8_t tl0_picture_index,
                std::span<uint8_t> payload);

}  // namespace conclave::wire
