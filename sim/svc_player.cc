#include "sim/svc_player.h"

#include <algorithm>
#include <utility>

namespace conclave::sim {
namespace {

constexpr size_t kDecodedMax = 1024;

// The highest spatial layer among decode targets.
uint8_t TopSpatial(const wire::DependencyStructure& structure, uint32_t targets) {
  uint8_t top = 0;
  for (size_t target = 0; target < structure.decode_targets; ++target) {
    if ((targets >> target & 1) == 0) continue;
    for (size_t i = 0; i < structure.template_count; ++i) {
      const wire::FrameDependencies& frame = structure.templates[i];
      if (frame.indications[target] == wire::DecodeTargetIndication::kNotPresent) continue;
      top = std::max(top, frame.spatial_layer);
    }
  }
  return top;
}

}  // namespace

SvcPlayer::Outcome SvcPlayer::Play(const FakeFrame& frame, bool marker,
                                   std::span<const uint8_t> value) {
  const auto descriptor = wire::ParseDependencyDescriptor(value);
  if (!descriptor) return Outcome::kBroken;
  if (waiting_ && !descriptor->has_structure) return Outcome::kPart;
  if (descriptor->has_structure) {
    if (!wire::ParseAttachedStructure(value, structure_.emplace())) return Outcome::kBroken;
  }
  const auto parsed = wire::ParseFrameDependencies(value, *structure_);
  if (!parsed) return Outcome::kBroken;
  active_targets_ = parsed->active_targets.value_or(active_targets_);
  const int64_t number = unwrapper_.Unwrap(descriptor->frame_number);
  const bool starts = frame.packet == 0;
  const bool ends = frame.packet + 1 == frame.packet_count;
  if (descriptor->start_of_frame != starts || descriptor->end_of_frame != ends) {
    return Outcome::kBroken;
  }
  if (starts && Begin(frame, number, parsed->dependencies) == Outcome::kBroken) {
    return Outcome::kBroken;
  }
  const auto ahead = static_cast<uint16_t>(descriptor->frame_number - frame.number);
  if (track_ != frame.track || ahead_ != ahead || frame.packet != next_packet_) {
    return Outcome::kBroken;
  }
  ++next_packet_;
  return ends ? End(frame, number, marker) : Outcome::kPart;
}

SvcPlayer::Outcome SvcPlayer::Begin(const FakeFrame& frame, int64_t number,
                                    const wire::FrameDependencies& depends) {
  // The frame before must have ended.
  if (next_packet_ != 0 && !waiting_) return Outcome::kBroken;
  next_packet_ = 0;
  const bool begins_anew = depends.frame_diff_count == 0 && depends.spatial_layer == 0;
  if (begins_anew) {
    decoded_.clear();
    track_ = frame.track;
    ahead_ = static_cast<uint16_t>(static_cast<uint32_t>(number) - frame.number);
    waiting_ = false;
    key_picture_ = true;
  }
  if (waiting_) return Outcome::kBroken;
  for (const uint16_t diff : depends.diffs()) {
    if (!decoded_.contains(number - diff)) return Outcome::kBroken;
  }
  return Outcome::kPart;
}

SvcPlayer::Outcome SvcPlayer::End(const FakeFrame& frame, int64_t number, bool marker) {
  next_packet_ = 0;
  decoded_.insert(number);
  if (decoded_.size() > kDecodedMax) decoded_.erase(decoded_.begin());
  if (!marker) return Outcome::kPart;
  // A decoder shows the highest layer of what it was told is being sent.
  if (frame.layer != TopSpatial(*structure_, active_targets_)) return Outcome::kBroken;
  return std::exchange(key_picture_, false) ? Outcome::kKeyPicture : Outcome::kPicture;
}

}  // namespace conclave::sim
