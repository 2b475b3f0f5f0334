#include "sim/bwe/sfu_source.h"

#include <algorithm>

namespace conclave::sim {
namespace {

// How often the allocator looks, as the router has it (Downlink::kStepInterval).
constexpr Micros kUpdate = 100 * kMilli;
constexpr double kSizeSpread = 0.15;
// A switch to another picture size starts with a key frame.
constexpr double kKeyFrameFactor = 3;

SfuLayers Layers(int64_t top_bps) {
  // 180p, 360p and 720p, each at half and at full frame rate.
  SfuLayers layers;
  for (const int percent : {8, 12, 24, 36, 64, 100}) layers.bps.push_back(top_bps * percent / 100);
  return layers;
}

}  // namespace

SfuSource::SfuSource(int sources, int64_t top_bps, uint64_t seed)
    : SfuSource(sources, Layers(top_bps), seed) {}

SfuSource::SfuSource(int sources, SfuLayers layers, uint64_t seed)
    : allocator_(std::move(layers.bps), layers.per_size, layers.frames_per_second, sources),
      per_size_(layers.per_size),
      frames_per_second_(layers.frames_per_second),
      rng_(seed) {
  const Micros frame = kSecond / frames_per_second_;
  for (int i = 0; i < sources; ++i) {
    participants_.push_back({static_cast<Micros>(rng_.Uniform() * static_cast<double>(frame)), -1});
  }
}

Micros SfuSource::NextTime() const {
  Micros next = next_update_;
  for (const Participant& participant : participants_) {
    next = std::min(next, participant.next_frame);
  }
  return next;
}

void SfuSource::Emit(Micros now, int64_t target_bps, std::vector<int>& packets) {
  if (now >= next_update_) {
    switches_ += allocator_.Update(now, target_bps);
    next_update_ = now + kUpdate;
  }
  for (size_t i = 0; i < participants_.size(); ++i) {
    Participant& participant = participants_[i];
    if (now < participant.next_frame) continue;
    participant.next_frame += kSecond / frames_per_second_;
    const int layer = allocator_.layer(static_cast<int>(i));
    const bool key_frame =
        layer >= 0 && (participant.layer < 0 || layer / per_size_ != participant.layer / per_size_);
    participant.layer = layer;
    if (layer < 0) continue;
    double bytes = static_cast<double>(allocator_.layer_bps(layer)) / 8 / frames_per_second_;
    bytes *= std::max(.3, 1 + kSizeSpread * rng_.Gaussian());
    if (key_frame) bytes *= kKeyFrameFactor;
    Packetize(static_cast<int64_t>(bytes) + 1, packets);
  }
}

}  // namespace conclave::sim
