#include "media/layer_selector.h"

#include <algorithm>

namespace conclave::media {

void LayerSelector::SetTarget(std::optional<SourceLayer> target) {
  if (target == target_) return;
  target_ = target;
  target_newest_ = -1;
  if (!target_) current_.reset();
}

LayerVerdict LayerSelector::OnPacket(const PacketInfo& packet) {
  const SourceLayer source = {packet.track, packet.layer};
  if (source == current_) return LayerVerdict::kForward;
  if (source != target_) return LayerVerdict::kDrop;
  // A key frame whose first packet was late (retransmitted) cannot be used: what follows it has
  // gone by already, unforwarded.
  const bool in_order = packet.sequence > target_newest_;
  target_newest_ = std::max(target_newest_, packet.sequence);
  if (!packet.frame.key_frame || !in_order) return LayerVerdict::kDrop;
  current_ = source;
  return LayerVerdict::kSwitch;
}

std::optional<SourceLayer> LayerSelector::WaitsForKeyFrame() const {
  return target_ == current_ ? std::nullopt : target_;
}

}  // namespace conclave::media
