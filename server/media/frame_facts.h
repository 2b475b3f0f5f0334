// What forwarding must know of a packet's frame, whichever codec it is of and wherever it was told:
// in the dependency descriptor, or else in the payload's own header.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "media/layer_point.h"
#include "wire/dependency_descriptor.h"

namespace conclave::media {

struct FrameFacts {
  // The packet begins a frame from which decoding of all points can start. Always true for audio.
  bool key_frame = false;
  // The packet begins, or ends, a frame of one spatial layer. H.264 begins at every NAL unit.
  bool frame_start = false;
  bool frame_end = false;
  uint8_t spatial_layer = 0;
  uint8_t temporal_layer = 0;
  // The points that the source sends at present; never empty.
  PointMask available = kBasePoint;
  // Who gets a point needs this frame for it.
  PointMask needed_for = kAllPoints;
  // Points that can be begun with here, by a receiver that has what the frame refers to: the frames
  // of `references`, or (without numbers) all that the point `entry_from` needs.
  PointMask entry_to = 0;
  std::optional<LayerPoint> entry_from;
  // Bit i: it refers to the frame whose number is lower by i + 1. Meaningful with a descriptor.
  uint64_t references = 0;
  // It refers to a frame that lies further back.
  bool refers_further = false;
};

// A packet's dependency descriptor as the source wrote it.
struct SourceDescriptor {
  // Where it lies in the packet's bytes.
  uint16_t offset = 0;
  uint8_t size_bytes = 0;
  uint16_t frame_number = 0;
  wire::DescriptorLayout layout;
  // Of the structure that it goes by.
  uint8_t template_id_offset = 0;
  uint8_t template_count = 0;
  // By the source's own word, bit i for target i.
  uint32_t active_targets = 0;
  // The point that each decode target is, as the number of its bit.
  std::array<uint8_t, wire::kDecodeTargetsMax> target_points{};
};

}  // namespace conclave::media
