// Reads FrameFacts out of the packets of one source stream, and keeps what later packets lean on:
// the template structure of the dependency descriptor, and which layers there are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/boxed.h"
#include "media/frame_facts.h"
#include "media/packet_pool.h"
#include "wire/codec.h"
#include "wire/dependency_descriptor.h"
#include "wire/vp8.h"
#include "wire/vp9.h"

namespace conclave::media {

// One per source SSRC. Allocates only for the first structure of a dependency descriptor, which is
// larger than all else.
class FrameReader {
 public:
  // Fills in the frame, the picture fields and the descriptor of `info`, whose marker, sequence and
  // payload position are set; the descriptor is at `descriptor_offset` in the packet. Another codec
  // than before is another stream. false: malformed.
  bool Read(wire::Codec codec, std::span<const uint8_t> payload,
            std::span<const uint8_t> descriptor, uint16_t descriptor_offset, PacketInfo& info);

  // As far as the stream has shown or told; at least 1.
  uint8_t spatial_layers() const { return spatial_layers_; }
  uint8_t temporal_layers() const { return temporal_layers_; }
  // 0 where nobody told.
  uint16_t height_px(uint8_t spatial) const { return heights_px_[spatial]; }

 private:
  void Begin(wire::Codec codec);
  bool ReadPayload(std::span<const uint8_t> payload, PacketInfo& info);
  bool ReadVp8(std::span<const uint8_t> payload, PacketInfo& info);
  bool ReadVp9(std::span<const uint8_t> payload, PacketInfo& info);
  bool ReadH264(std::span<const uint8_t> payload, PacketInfo& info);
  bool ReadAv1(std::span<const uint8_t> payload, PacketInfo& info);
  void NoteLayers(const FrameFacts& facts);

  void ReadDescriptor(std::span<const uint8_t> value, uint16_t offset, PacketInfo& info);
  bool TakeStructure(std::span<const uint8_t> value, uint16_t frame_number);
  void FillFacts(const wire::DependencyDescriptor& descriptor, const wire::ParsedFrame& frame,
                 FrameFacts& facts) const;

  std::optional<wire::Codec> codec_;
  int64_t newest_sequence_ = -1;
  uint8_t spatial_layers_ = 1;
  uint8_t temporal_layers_ = 1;
  std::array<uint16_t, kSpatialLayersMax> heights_px_{};

  // AV1 without a descriptor: the layers of the unit that the next packet may continue.
  LayerPoint av1_layers_;

  struct Structure {
    wire::DependencyStructure templates;
    // The frame that brought it.
    uint16_t frame = 0;
    // Of each decode target; 0 for one beyond what points tell apart.
    std::array<PointMask, wire::kDecodeTargetsMax> target_bits{};
    std::array<uint8_t, wire::kDecodeTargetsMax> target_points{};
  };
  Boxed<Structure> structure_;
  uint32_t active_targets_ = 0;
  uint16_t newest_frame_ = 0;
};

}  // namespace conclave::media
