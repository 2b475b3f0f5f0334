#include "wire/dependency_descriptor.h"

#include <algorithm>

#include "wire/bit_reader.h"
#include "wire/bit_writer.h"

namespace conclave::wire {
namespace {

constexpr size_t kMandatoryBits = 8 * kDependencyDescriptorMandatoryBytes;
constexpr size_t kFlagBits = 5;
constexpr size_t kTemplateIdOffsetBits = 6;

uint32_t AllTargets(size_t count) { return count >= kDecodeTargetsMax ? ~0U : (1U << count) - 1; }

void ReadCustomFrameDiffs(BitReader& reader, FrameDependencies& frame) {
  frame.frame_diff_count = 0;
  frame.frame_diffs = {};
  while (const uint32_t nibbles = reader.Bits(2)) {
    if (frame.frame_diff_count == kFrameDiffsMax) return reader.Fail();
    frame.frame_diffs[frame.frame_diff_count++] =
        static_cast<uint16_t>(reader.Bits(4 * nibbles) + 1);
  }
}

void WriteCustomFrameDiffs(const FrameDependencies& frame, BitWriter& out) {
  for (const uint16_t diff : frame.diffs()) {
    const uint32_t value = diff - 1U;
    const uint32_t nibbles = value < 1U << 4 ? 1 : value < 1U << 8 ? 2 : 3;
    out.Bits(nibbles, 2);
    out.Bits(value, 4 * nibbles);
  }
  out.Bits(0, 2);
}

void CopyBits(std::span<const uint8_t> from, size_t begin, size_t end, BitWriter& out) {
  BitReader reader(from);
  for (size_t skip = begin; skip > 0;) {
    const size_t step = std::min<size_t>(skip, 32);
    reader.Bits(step);
    skip -= step;
  }
  for (size_t left = end - begin; left > 0;) {
    const size_t step = std::min<size_t>(left, 32);
    out.Bits(reader.Bits(step), step);
    left -= step;
  }
}

void ReadCustomFields(BitReader& reader, const DependencyDescriptor& descriptor,
                      const DependencyStructure& structure, FrameDependencies& frame) {
  for (size_t i = 0; descriptor.custom_indications && i < structure.decode_targets; ++i) {
    frame.indications[i] = static_cast<DecodeTargetIndication>(reader.Bits(2));
  }
  if (descriptor.custom_frame_diffs) ReadCustomFrameDiffs(reader, frame);
  for (size_t i = 0; descriptor.custom_chain_diffs && i < structure.chains; ++i) {
    frame.chain_diffs[i] = static_cast<uint8_t>(reader.Bits(8));
  }
}

}  // namespace

//  0                   1                   2
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |S|E|template id|         frame number          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |T|A|D|F|C| structure, active targets, custom fields, padding ...
std::optional<DependencyDescriptor> ParseDependencyDescriptor(std::span<const uint8_t> value) {
  if (value.size() < kDependencyDescriptorMandatoryBytes) return std::nullopt;
  BitReader reader(value);
  DependencyDescriptor descriptor;
  descriptor.start_of_frame = reader.Flag();
  descriptor.end_of_frame = reader.Flag();
  descriptor.template_id = static_cast<uint8_t>(reader.Bits(6));
  descriptor.frame_number = static_cast<uint16_t>(reader.Bits(16));
  if (value.size() == kDependencyDescriptorMandatoryBytes) return descriptor;
  descriptor.has_structure = reader.Flag();
  descriptor.has_active_targets = reader.Flag();
  descriptor.custom_indications = reader.Flag();
  descriptor.custom_frame_diffs = reader.Flag();
  descriptor.custom_chain_diffs = reader.Flag();
  return descriptor;
}

bool ParseAttachedStructure(std::span<const uint8_t> value, DependencyStructure& out) {
  BitReader reader(value);
  reader.Bits(kMandatoryBits);
  const bool attached = reader.Flag();
  reader.Bits(kFlagBits - 1);
  return attached && ReadDependencyStructure(reader, out);
}

std::optional<ParsedFrame> ParseFrameDependencies(std::span<const uint8_t> value,
                                                  const DependencyStructure& structure) {
  const auto descriptor = ParseDependencyDescriptor(value);
  if (!descriptor) return std::nullopt;
  const FrameDependencies* base = structure.Template(descriptor->template_id);
  if (base == nullptr) return std::nullopt;
  std::optional<ParsedFrame> parsed(std::in_place);
  parsed->dependencies = *base;
  DescriptorLayout& layout = parsed->layout;
  layout.decode_targets = structure.decode_targets;
  layout.structure_end = layout.end = kMandatoryBits;
  if (value.size() == kDependencyDescriptorMandatoryBytes) return parsed;
  BitReader reader(value);
  reader.Bits(kMandatoryBits);
  reader.Bits(kFlagBits);
  layout.has_structure = descriptor->has_structure;
  if (descriptor->has_structure) {
    DependencyStructure passed_over;
    if (!ReadDependencyStructure(reader, passed_over)) return std::nullopt;
    parsed->active_targets = AllTargets(structure.decode_targets);
  }
  layout.structure_end = static_cast<uint16_t>(reader.position());
  layout.has_active_targets = descriptor->has_active_targets;
  if (descriptor->has_active_targets) {
    parsed->active_targets = reader.Bits(structure.decode_targets);
  }
  ReadCustomFields(reader, *descriptor, structure, parsed->dependencies);
  layout.end = static_cast<uint16_t>(reader.position());
  if (!reader.ok()) return std::nullopt;
  return parsed;
}

size_t RewriteDependencyDescriptor(std::span<const uint8_t> value, const DescriptorLayout& layout,
                                   const DescriptorRewrite& rewrite, std::span<uint8_t> out) {
  BitReader in(value);
  BitWriter writer(out.first(std::min(out.size(), kDependencyDescriptorBytesMax)));
  const auto shifted = [&](uint32_t id) { return (id + rewrite.template_shift) % 64; };
  writer.Bits(in.Bits(2), 2);
  writer.Bits(shifted(in.Bits(6)), 6);
  in.Bits(16);
  writer.Bits(rewrite.frame_number, 16);
  const bool extended = layout.end > kMandatoryBits;
  if (!extended && !rewrite.active_targets) return writer.ok() ? writer.size_bytes() : 0;
  writer.Flag(extended && in.Flag());
  if (extended) in.Flag();
  writer.Flag(rewrite.active_targets.has_value());
  writer.Bits(extended ? in.Bits(3) : 0, 3);
  if (layout.has_structure) {
    writer.Bits(shifted(in.Bits(kTemplateIdOffsetBits)), kTemplateIdOffsetBits);
    CopyBits(value, in.position(), layout.structure_end, writer);
  }
  if (rewrite.active_targets) writer.Bits(*rewrite.active_targets, layout.decode_targets);
  const size_t rest =
      layout.structure_end + (layout.has_active_targets ? layout.decode_targets : 0U);
  if (extended) CopyBits(value, rest, layout.end, writer);
  return writer.ok() ? writer.size_bytes() : 0;
}

size_t WriteDependencyDescriptor(const DependencyDescriptor& descriptor,
                                 const DependencyStructure& structure, uint32_t active_targets,
                                 const FrameDependencies& frame, std::span<uint8_t> out) {
  BitWriter writer(out.first(std::min(out.size(), kDependencyDescriptorBytesMax)));
  writer.Flag(descriptor.start_of_frame);
  writer.Flag(descriptor.end_of_frame);
  writer.Bits(descriptor.template_id, 6);
  writer.Bits(descriptor.frame_number, 16);
  const bool flags[kFlagBits] = {descriptor.has_structure, descriptor.has_active_targets,
                                 descriptor.custom_indications, descriptor.custom_frame_diffs,
                                 descriptor.custom_chain_diffs};
  if (std::ranges::none_of(flags, std::identity())) return writer.ok() ? writer.size_bytes() : 0;
  for (const bool flag : flags) writer.Flag(flag);
  if (descriptor.has_structure) WriteDependencyStructure(structure, writer);
  if (descriptor.has_active_targets) writer.Bits(active_targets, structure.decode_targets);
  for (size_t i = 0; descriptor.custom_indications && i < structure.decode_targets; ++i) {
    writer.Bits(static_cast<uint32_t>(frame.indications[i]), 2);
  }
  if (descriptor.custom_frame_diffs) WriteCustomFrameDiffs(frame, writer);
  for (size_t i = 0; descriptor.custom_chain_diffs && i < structure.chains; ++i) {
    writer.Bits(frame.chain_diffs[i], 8);
  }
  return writer.ok() ? writer.size_bytes() : 0;
}

}  // namespace conclave::wire
