#include "sim/bwe/layer_allocator.h"

#include <algorithm>
#include <utility>

namespace conclave::sim {
namespace {

// The lowest size's, and what every receiver's tiles have room for.
constexpr int kLowestHeight = 180;
constexpr uint16_t kTileHeight = 720;

// Of the whole size's rate, what its layers up to each take.
media::TemporalShares Shares(const int64_t* bps, int count) {
  media::TemporalShares shares;
  shares.fill(100);
  for (int i = 0; i < count; ++i) {
    shares[static_cast<size_t>(i)] = static_cast<uint8_t>(100 * bps[i] / bps[count - 1]);
  }
  return shares;
}

}  // namespace

LayerAllocator::LayerAllocator(std::vector<int64_t> layer_bps, int per_size, int frames_per_second,
                               int sources)
    : layer_bps_(std::move(layer_bps)),
      per_size_(per_size),
      layers_(static_cast<size_t>(sources), -1) {
  const int sizes = static_cast<int>(layer_bps_.size()) / per_size;
  for (int size = 0; size < sizes; ++size) {
    const int64_t* bps = &layer_bps_[static_cast<size_t>(size * per_size)];
    media::LayerState state;
    state.available = true;
    state.height_px = static_cast<uint16_t>(kLowestHeight << size);
    state.rate = DataRate::Bps(bps[per_size - 1]);
    state.fps = static_cast<uint8_t>(frames_per_second);
    state.temporal_layers = static_cast<uint8_t>(per_size);
    state.shares = Shares(bps, per_size);
    sizes_.push_back(state);
  }
  for (int i = 0; i < sources; ++i)
    demands_.push_back({.layers = sizes_, .height_px = kTileHeight});
}

int64_t LayerAllocator::layer_bps(int layer) const {
  return layer < 0 ? 0 : layer_bps_[static_cast<size_t>(layer)];
}

int64_t LayerAllocator::top_total_bps() const {
  return layer_bps_.back() * static_cast<int64_t>(layers_.size());
}

bool LayerAllocator::AllTop() const {
  const auto top = static_cast<int>(layer_bps_.size()) - 1;
  return std::ranges::all_of(layers_, [top](int layer) { return layer == top; });
}

int LayerAllocator::LayerOf(const router::Grant& grant) const {
  if (!grant.layer) return -1;
  return *grant.layer * per_size_ + std::min<int>(grant.temporal, per_size_ - 1);
}

int LayerAllocator::Update(Micros now, int64_t budget_bps) {
  const router::Allocation& allocation =
      allocator_.Update(Instant::FromMicros(now), demands_, DataRate::Bps(budget_bps), scratch_);
  const int64_t next_bps = allocation.next_step.bps();
  next_total_bps_ = next_bps > 0 ? allocation.total.bps() + next_bps : 0;
  int switches = 0;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const router::Grant& grant = allocation.grants[i];
    switches += LayerOf(grant) != layers_[i] ? 1 : 0;
    layers_[i] = LayerOf(grant);
    demands_[i].current = grant.choice();
    demands_[i].starved = grant.pause == router::PauseReason::kLackOfRate;
  }
  return switches;
}

}  // namespace conclave::sim
