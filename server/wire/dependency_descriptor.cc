#include "wire/dependency_descriptor.h"

#include "base/check.h"

namespace conclave::wire {

std::optional<DependencyDescriptor> ParseDependencyDescriptor(std::span<const uint8_t> value) {
  if (value.size() < kDependencyDescriptorMandatoryBytes) return std::nullopt;
  DependencyDescriptor descriptor;
  descriptor.start_of_frame = (value[0] & 0x80) != 0;
  descriptor.end_of_frame = (value[0] & 0x40) != 0;
  descriptor.template_id = value[0] & 0x3f;
  descriptor.frame_number = static_cast<uint16_t>(value[1] << 8 | value[2]);
  // The first of the extended fields: template_dependency_structure_present_flag.
  descriptor.has_structure =
      value.size() > kDependencyDescriptorMandatoryBytes && (value[3] & 0x80) != 0;
  return descriptor;
}

void RewriteFrameNumber(uint16_t frame_number, std::span<uint8_t> value) {
  CHECK(value.size() >= kDependencyDescriptorMandatoryBytes);
  value[1] = static_cast<uint8_t>(frame_number >> 8);
  value[2] = static_cast<uint8_t>(frame_number);
}

std::array<uint8_t, kDependencyDescriptorMandatoryBytes> EncodeDependencyDescriptor(
    const DependencyDescriptor& descriptor) {
  return {
      static_cast<uint8_t>((descriptor.start_of_frame ? 0x80 : 0) |
                           (descriptor.end_of_frame ? 0x40 : 0) | (descriptor.template_id & 0x3f)),
      static_cast<uint8_t>(descriptor.frame_number >> 8),
      static_cast<uint8_t>(descriptor.frame_number)};
}

}  // namespace conclave::wire
