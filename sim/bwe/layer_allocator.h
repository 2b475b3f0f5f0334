// Shares a rate among sources with discrete layers: what an SFU makes of the controller's target.
// A plain stand-in for the product's allocator: equal tiles, concave utility, hysteresis.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/bwe/event_queue.h"

namespace conclave::sim {

class LayerAllocator {
 public:
  // Every source has these layers, lowest first.
  LayerAllocator(std::vector<int64_t> layer_bps, int sources);

  // Chooses a layer for each source; -1 is off. Returns how many sources changed.
  int Update(Micros now, int64_t budget_bps);

  int layer(int source) const { return layers_[static_cast<size_t>(source)]; }
  int64_t layer_bps(int layer) const;
  int64_t total_bps() const { return Total(layers_); }
  int64_t top_total_bps() const;
  // Of all sources where the first that can is raised by a layer; zero where none can.
  int64_t next_total_bps() const;
  bool AllTop() const;

 private:
  // A target that falls short for a moment is bridged by the pacer's queue: only what lasts, or is
  // large, takes a layer away.
  static constexpr Micros kBridge = 150 * kMilli;
  static constexpr double kDeepDrop = 0.75;
  // After a layer was taken away, one is given only where the target would have carried it for so
  // long, and the longer the more often that went wrong.
  static constexpr Micros kQuietMin = 2 * kSecond;
  static constexpr Micros kQuietMax = 30 * kSecond;
  static constexpr Micros kFailure = 4 * kSecond;
  static constexpr Micros kForget = 60 * kSecond;
  static constexpr double kUpMargin = 0.97;
  static constexpr double kPlenty = 1.5;
  static constexpr Micros kPlentyFor = kSecond;

  std::vector<int> Fill(int64_t budget_bps) const;
  int64_t Total(const std::vector<int>& layers) const;
  bool MustFall(Micros now, int64_t budget_bps);
  int64_t UpBudget(Micros now, int64_t budget_bps);
  int Adopt(std::vector<int> layers);

  std::vector<int64_t> layer_bps_;
  std::vector<int> layers_;
  struct Budget {
    Micros at;
    int64_t bps;
  };
  // Budgets of the last kQuietMax.
  std::vector<Budget> history_;
  Micros last_update_ = 0;
  Micros last_down_ = -1;
  Micros last_up_ = -1;
  Micros quiet_ = kQuietMin;
  // Bits sent beyond the budget.
  double debt_ = 0;
};

}  // namespace conclave::sim
