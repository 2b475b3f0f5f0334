#include "media/layer_filter.h"

#include <algorithm>
#include <bit>

namespace conclave::media {
namespace {

// One picture of the base layer shows whether other spatial layers can be begun with between key
// frames, and is remembered. Temporal layers can be within a few in every encoder; two seconds of
// four frames' distance at 30 frames per second say that they cannot.
constexpr int kMissedSpatialMax = 1;
constexpr int kMissedTemporalMax = 16;

LayerPoint Nearest(LayerPoint wish, PointMask available) {
  const auto below = static_cast<PointMask>(available & UpTo(wish));
  return below != 0 ? Highest(below) : Lowest(available);
}

}  // namespace

void LayerFilter::SetTarget(LayerPoint target) {
  if (target == target_) return;
  target_ = target;
  missed_ = 0;
  key_frame_needed_ = ClosedTo(Nearest(target_, available_));
}

void LayerFilter::Begin() {
  newest_ = -1;
  changed_at_ = 0;
  complete_ = 0;
  forwarded_ = 0;
  missed_ = 0;
  available_ = kBasePoint;
  closed_ = false;
  key_frame_needed_ = false;
}

bool LayerFilter::HasReferences(const PacketInfo& packet) const {
  const FrameFacts& facts = packet.frame;
  if (facts.key_frame) return true;
  if (facts.entry_from) return Has(complete_, *facts.entry_from);
  if (!packet.descriptor || facts.refers_further) return false;
  const int ahead = static_cast<int16_t>(packet.descriptor->frame_number - newest_frame_);
  for (uint64_t left = facts.references; left != 0; left &= left - 1) {
    const int age = std::countr_zero(left) + 1 - ahead;
    if (age < 0 || age > 63 || (forwarded_ >> age & 1) == 0) return false;
  }
  return true;
}

void LayerFilter::NoteForwarded(uint16_t frame_number) {
  const int ahead = static_cast<int16_t>(frame_number - newest_frame_);
  if (forwarded_ == 0 || ahead > 63) {
    newest_frame_ = frame_number;
    forwarded_ = 1;
  } else if (ahead > 0) {
    newest_frame_ = frame_number;
    forwarded_ = forwarded_ << ahead | 1;
  } else if (-ahead <= 63) {
    forwarded_ |= uint64_t{1} << -ahead;
  }
}

LayerFilter::Verdict LayerFilter::OnPacket(const PacketInfo& packet) {
  const FrameFacts& facts = packet.frame;
  const bool in_order = packet.sequence > newest_;
  const bool first = newest_ < 0;
  newest_ = std::max(newest_, packet.sequence);
  if (in_order && facts.frame_start && (first || packet.timestamp > picture_timestamp_)) {
    StartPicture(packet);
  }
  const LayerPoint point = packet.sequence < changed_at_ ? previous_ : current_;
  Verdict verdict;
  verdict.forward = Has(facts.needed_for, point);
  if (verdict.forward) {
    if (in_order && facts.frame_start && HasReferences(packet)) {
      complete_ = static_cast<PointMask>(complete_ | facts.entry_to);
    }
    if (packet.descriptor) NoteForwarded(packet.descriptor->frame_number);
    verdict.marker = packet.marker || (facts.frame_end && facts.spatial_layer == point.spatial);
  } else {
    complete_ = static_cast<PointMask>(complete_ & ~facts.needed_for);
  }
  const auto reached = static_cast<PointMask>(complete_ & UpTo(point));
  verdict.complete = reached != 0 ? reached : BitOf(point);
  return verdict;
}

void LayerFilter::StartPicture(const PacketInfo& packet) {
  const FrameFacts& facts = packet.frame;
  picture_timestamp_ = packet.timestamp;
  if (facts.key_frame) complete_ = kAllPoints;
  PointMask reachable = complete_;
  if (HasReferences(packet)) reachable = static_cast<PointMask>(reachable | facts.entry_to);
  reachable = static_cast<PointMask>(reachable & facts.available);
  available_ = facts.available;
  const bool base = facts.spatial_layer == 0 && facts.temporal_layer == 0;
  if (base && !facts.key_frame) closed_ = (reachable & ~OfSpatial(current_.spatial)) == 0;
  const LayerPoint wanted = Nearest(target_, facts.available);
  const LayerPoint next = Step(reachable, wanted);
  if (next != current_) {
    previous_ = current_;
    current_ = next;
    changed_at_ = packet.sequence;
  }
  if (current_ == wanted) {
    missed_ = 0;
    key_frame_needed_ = false;
  } else if (ClosedTo(wanted) || (base && AwaitsEntry(wanted))) {
    key_frame_needed_ = true;
  }
}

// The best point on the way from the current one to the wanted one.
LayerPoint LayerFilter::Step(PointMask reachable, LayerPoint wanted) const {
  if (Has(reachable, wanted)) return wanted;
  const uint8_t low = std::min(current_.spatial, wanted.spatial);
  PointMask way = static_cast<PointMask>(
      reachable & UpTo({std::max(current_.spatial, wanted.spatial), wanted.temporal}));
  for (uint8_t s = 0; s < low; ++s) way = static_cast<PointMask>(way & ~OfSpatial(s));
  if (wanted.spatial < current_.spatial) {
    // The nearest to what is wanted; on the layer that cannot be left yet, as few frames as can be.
    const auto below = static_cast<PointMask>(way & ~OfSpatial(current_.spatial));
    if (below != 0) return Highest(below);
    return {current_.spatial, 0};
  }
  return way != 0 ? Highest(way) : current_;
}

// What lies between is often a step on the way: a probe that shows what fits is faster than two key
// frames, so a middle layer waits for the next base picture.
bool LayerFilter::ClosedTo(LayerPoint wanted) const {
  if (!closed_ || wanted.spatial == current_.spatial) return false;
  return wanted.spatial < current_.spatial || wanted.spatial == Highest(available_).spatial;
}

bool LayerFilter::AwaitsEntry(LayerPoint wanted) {
  const bool spatial = wanted.spatial != current_.spatial;
  if (++missed_ < (spatial ? kMissedSpatialMax : kMissedTemporalMax)) return false;
  missed_ = 0;
  return true;
}

bool LayerFilter::TakeKeyFrameNeeded() {
  const bool needed = key_frame_needed_;
  key_frame_needed_ = false;
  return needed;
}

}  // namespace conclave::media
