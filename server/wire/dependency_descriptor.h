// The dependency descriptor header extension (AV1 RTP payload format, appendix A): its mandatory
// fields, and whether a template structure follows.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace conclave::wire {

inline constexpr size_t kDependencyDescriptorMandatoryBytes = 3;

struct DependencyDescriptor {
  bool start_of_frame = false;
  bool end_of_frame = false;
  // 6 bits, relative to the structure that was attached last.
  uint8_t template_id = 0;
  uint16_t frame_number = 0;
  // A structure is attached: only key frames carry one.
  bool has_structure = false;
  bool operator==(const DependencyDescriptor&) const = default;
};

std::optional<DependencyDescriptor> ParseDependencyDescriptor(std::span<const uint8_t> value);

// Overwrites the frame number in place. Requires value.size() >= 3.
void RewriteFrameNumber(uint16_t frame_number, std::span<uint8_t> value);

// The mandatory fields alone; has_structure is not written.
std::array<uint8_t, kDependencyDescriptorMandatoryBytes> EncodeDependencyDescriptor(
    const DependencyDescriptor& descriptor);

}  // namespace conclave::wire
