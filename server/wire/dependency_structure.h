// What the dependency descriptor calls its template structure (AV1 RTP payload format, appendix
// A.8): which kinds of frames a stream consists of, and which decode targets need which of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace conclave::wire {

// What the syntax allows.
inline constexpr size_t kDecodeTargetsMax = 32;
inline constexpr size_t kFrameTemplatesMax = 64;
// Of VP9's ids, the larger ones of all codecs.
inline constexpr size_t kDescriptorSpatialMax = 8;
inline constexpr size_t kDescriptorTemporalMax = 8;
// AV1 has seven references to a frame, VP9 three.
inline constexpr size_t kFrameDiffsMax = 8;

enum class DecodeTargetIndication : uint8_t { kNotPresent, kDiscardable, kSwitch, kRequired };

// How a frame relates to decode targets, to earlier frames and to chains: of a template, or of one
// frame that differs from its template.
struct FrameDependencies {
  uint8_t spatial_layer = 0;
  uint8_t temporal_layer = 0;
  // Only the first decode_targets of the structure.
  std::array<DecodeTargetIndication, kDecodeTargetsMax> indications{};
  // By how much the frame numbers of those that it refers to are lower: 1..16 in a template,
  // 1..4096 in a frame.
  uint8_t frame_diff_count = 0;
  std::array<uint16_t, kFrameDiffsMax> frame_diffs{};
  // Only the first `chains` of the structure: 0..15 in a template, 0..255 in a frame.
  std::array<uint8_t, kDecodeTargetsMax> chain_diffs{};

  std::span<const uint16_t> diffs() const { return std::span(frame_diffs).first(frame_diff_count); }
  bool operator==(const FrameDependencies&) const = default;
};

struct RenderResolution {
  // In pixels, 1..65536.
  uint32_t width = 0;
  uint32_t height = 0;
  bool operator==(const RenderResolution&) const = default;
};

struct DependencyStructure {
  // 6 bits: the id of the first template.
  uint8_t template_id_offset = 0;
  // 1..32.
  uint8_t decode_targets = 1;
  // 0..decode_targets.
  uint8_t chains = 0;
  // 1..64, in the order of their layers.
  uint8_t template_count = 1;
  std::array<FrameDependencies, kFrameTemplatesMax> templates{};
  // Which chain protects each decode target; only where there are chains.
  std::array<uint8_t, kDecodeTargetsMax> protected_by{};
  // Of each spatial layer, where the structure tells.
  bool has_resolutions = false;
  std::array<RenderResolution, kDescriptorSpatialMax> resolutions{};

  // Of the template with this id, or null.
  const FrameDependencies* Template(uint8_t template_id) const;
  size_t spatial_layers() const { return templates[template_count - 1U].spatial_layer + size_t{1}; }
  bool operator==(const DependencyStructure&) const = default;
};

class BitReader;
class BitWriter;

// false: truncated, or beyond the limits above.
bool ReadDependencyStructure(BitReader& reader, DependencyStructure& out);

// Requires what the fields' comments say, and layers that rise as the syntax can tell: from each
// template to the next the same layers, the next temporal layer, or the next spatial layer at
// temporal layer 0.
void WriteDependencyStructure(const DependencyStructure& structure, BitWriter& out);

}  // namespace conclave::wire
