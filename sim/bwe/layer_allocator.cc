#include "sim/bwe/layer_allocator.h"

#include <algorithm>
#include <cmath>

namespace conclave::sim {

LayerAllocator::LayerAllocator(std::vector<int64_t> layer_bps, int sources)
    : layer_bps_(std::move(layer_bps)), layers_(static_cast<size_t>(sources), -1) {}

int64_t LayerAllocator::layer_bps(int layer) const {
  return layer < 0 ? 0 : layer_bps_[static_cast<size_t>(layer)];
}

int64_t LayerAllocator::top_total_bps() const {
  return layer_bps_.back() * static_cast<int64_t>(layers_.size());
}

int64_t LayerAllocator::next_total_bps() const {
  const auto lowest = std::min_element(layers_.begin(), layers_.end());
  if (*lowest + 1 >= static_cast<int>(layer_bps_.size())) return 0;
  return total_bps() + layer_bps(*lowest + 1) - layer_bps(*lowest);
}

bool LayerAllocator::AllTop() const { return total_bps() == top_total_bps(); }

int64_t LayerAllocator::Total(const std::vector<int>& layers) const {
  int64_t total = 0;
  for (const int layer : layers) total += layer_bps(layer);
  return total;
}

std::vector<int> LayerAllocator::Fill(int64_t budget_bps) const {
  std::vector<int> layers(layers_.size(), -1);
  int64_t left = budget_bps;
  const auto top = static_cast<int>(layer_bps_.size()) - 1;
  for (int next = 0; next <= top; ++next) {
    // All sources are alike, so the greedy order by utility per bit is layer by layer. Those that
    // have the layer keep it before others get it.
    for (const bool keeps : {true, false}) {
      for (size_t i = 0; i < layers.size(); ++i) {
        const int64_t step = layer_bps(next) - layer_bps(next - 1);
        if (layers[i] != next - 1 || (layers_[i] >= next) != keeps || step > left) continue;
        layers[i] = next;
        left -= step;
      }
    }
  }
  return layers;
}

bool LayerAllocator::MustFall(Micros now, int64_t budget_bps) {
  const auto excess = static_cast<double>(total_bps() - budget_bps);
  debt_ = std::max(0.0, debt_ + excess * static_cast<double>(now - last_update_) / kSecond);
  if (excess <= 0) return false;
  return static_cast<double>(budget_bps) < kDeepDrop * static_cast<double>(total_bps()) ||
         debt_ > static_cast<double>(budget_bps) * kBridge / kSecond;
}

int64_t LayerAllocator::UpBudget(Micros now, int64_t budget_bps) {
  history_.push_back({now, budget_bps});
  std::erase_if(history_, [&](const Budget& old) { return old.at < now - kQuietMax; });
  if (last_down_ < 0) return budget_bps;
  if (now - last_down_ > kForget) quiet_ = kQuietMin;
  const auto lowest = [&](Micros span) {
    int64_t least = budget_bps;
    for (const Budget& old : history_) {
      if (old.at >= now - span) least = std::min(least, old.bps);
    }
    return static_cast<double>(least);
  };
  // Far more than is used needs no such care.
  const double plenty = lowest(kPlentyFor) / kPlenty;
  if (plenty > static_cast<double>(total_bps())) return static_cast<int64_t>(lowest(kPlentyFor));
  if (now - last_down_ < quiet_) return 0;
  return static_cast<int64_t>(kUpMargin * lowest(quiet_));
}

int LayerAllocator::Adopt(std::vector<int> layers) {
  int switches = 0;
  for (size_t i = 0; i < layers.size(); ++i) switches += layers[i] != layers_[i] ? 1 : 0;
  layers_ = std::move(layers);
  return switches;
}

int LayerAllocator::Update(Micros now, int64_t budget_bps) {
  const int64_t up = UpBudget(now, budget_bps);
  const bool fall = MustFall(now, budget_bps);
  last_update_ = now;
  if (fall) {
    if (last_up_ >= 0 && now - last_up_ < kFailure) quiet_ = std::min(kQuietMax, quiet_ * 2);
    last_down_ = now;
    debt_ = 0;
    return Adopt(Fill(budget_bps));
  }
  if (up <= total_bps()) return 0;
  std::vector<int> better = Fill(up);
  if (Total(better) <= total_bps()) return 0;
  last_up_ = now;
  return Adopt(std::move(better));
}

}  // namespace conclave::sim
