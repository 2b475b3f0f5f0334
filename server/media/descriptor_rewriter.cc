#include "media/descriptor_rewriter.h"

namespace conclave::media {

wire::DescriptorRewrite DescriptorRewriter::Map(const PacketInfo& packet, PointMask complete) {
  const SourceDescriptor& source = *packet.descriptor;
  if (!in_source_) {
    in_source_ = true;
    number_offset_ = static_cast<uint16_t>(next_number_ - source.frame_number);
    template_shift_ = static_cast<uint8_t>(
        (next_template_ + wire::kFrameTemplatesMax - source.template_id_offset) %
        wire::kFrameTemplatesMax);
  }
  wire::DescriptorRewrite out;
  out.frame_number = static_cast<uint16_t>(source.frame_number + number_offset_);
  out.template_shift = template_shift_;
  const auto next = static_cast<uint16_t>(out.frame_number + 1);
  if (static_cast<int16_t>(next - next_number_) > 0) next_number_ = next;
  next_template_ =
      static_cast<uint8_t>((source.template_id_offset + template_shift_ + source.template_count) %
                           wire::kFrameTemplatesMax);
  if (source.layout.has_structure) told_targets_ = false;
  if (packet.frame.frame_start) out.active_targets = ActiveTargets(packet, complete);
  return out;
}

std::optional<uint32_t> DescriptorRewriter::ActiveTargets(const PacketInfo& packet,
                                                          PointMask complete) {
  const SourceDescriptor& source = *packet.descriptor;
  uint32_t all = 0;
  uint32_t active = 0;
  for (uint8_t target = 0; target < source.layout.decode_targets; ++target) {
    const uint32_t bit = 1U << target;
    all |= bit;
    if ((complete >> source.target_points[target] & 1) != 0) active |= bit;
  }
  active &= source.active_targets;
  // Something is being sent, whatever the source says.
  if (active == 0) return std::nullopt;
  told_targets_ = told_targets_ || active != all;
  return told_targets_ ? std::optional(active) : std::nullopt;
}

}  // namespace conclave::media
