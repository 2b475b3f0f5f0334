// The dependency descriptor header extension (AV1 RTP payload format, appendix A). Reading one is
// three steps, because what a descriptor means depends on the template structure that was attached
// last: the fields that every descriptor has; the structure, where one is attached; then what the
// frame depends on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "wire/dependency_structure.h"

namespace conclave::wire {

inline constexpr size_t kDependencyDescriptorMandatoryBytes = 3;
// RFC 8285 section 4.3: the length of an element is one byte.
inline constexpr size_t kDependencyDescriptorBytesMax = 255;

struct DependencyDescriptor {
  bool start_of_frame = false;
  bool end_of_frame = false;
  // 6 bits, relative to the structure that was attached last.
  uint8_t template_id = 0;
  uint16_t frame_number = 0;
  // A structure is attached: only key frames carry one.
  bool has_structure = false;
  bool has_active_targets = false;
  // The frame differs from its template in these.
  bool custom_indications = false;
  bool custom_frame_diffs = false;
  bool custom_chain_diffs = false;
  bool operator==(const DependencyDescriptor&) const = default;
};

// nullopt: truncated.
std::optional<DependencyDescriptor> ParseDependencyDescriptor(std::span<const uint8_t> value);

// Reads the structure that a descriptor with has_structure carries. false: malformed, and `out` is
// in disorder.
bool ParseAttachedStructure(std::span<const uint8_t> value, DependencyStructure& out);

// Where in a descriptor lies what RewriteDependencyDescriptor exchanges, in bits from its start.
struct DescriptorLayout {
  bool has_structure = false;
  bool has_active_targets = false;
  uint8_t decode_targets = 0;
  // The structure, where there is one, lies between the flags and this.
  uint16_t structure_end = 0;
  // Behind the last field; the rest is padding.
  uint16_t end = 0;
};

struct ParsedFrame {
  FrameDependencies dependencies;
  // Bit i: decode target i is being sent. Said by this descriptor, or by its structure, all of
  // whose targets are active.
  std::optional<uint32_t> active_targets;
  DescriptorLayout layout;
};

// What the frame depends on. `structure` is the one attached to this descriptor, else the last one
// before it. nullopt: truncated, or a template that the structure does not have.
std::optional<ParsedFrame> ParseFrameDependencies(std::span<const uint8_t> value,
                                                  const DependencyStructure& structure);

// What a receiver of several sources in turn must see changed.
struct DescriptorRewrite {
  uint16_t frame_number = 0;
  // Added to all template ids, modulo 64.
  uint8_t template_shift = 0;
  // Said where set; else the descriptor says nothing of it.
  std::optional<uint32_t> active_targets;
  bool operator==(const DescriptorRewrite&) const = default;
};

// Writes `value` with those fields exchanged, and everything else to the bit as it is. `layout` is
// that of the same value. Returns the size; 0 where it does not fit `out` or an element.
size_t RewriteDependencyDescriptor(std::span<const uint8_t> value, const DescriptorLayout& layout,
                                   const DescriptorRewrite& rewrite, std::span<uint8_t> out);

// A whole descriptor. `structure` is written where descriptor.has_structure, `active_targets` where
// has_active_targets, and of `frame` what the custom flags name. Returns the size, 0 where it does
// not fit.
size_t WriteDependencyDescriptor(const DependencyDescriptor& descriptor,
                                 const DependencyStructure& structure, uint32_t active_targets,
                                 const FrameDependencies& frame, std::span<uint8_t> out);

}  // namespace conclave::wire
