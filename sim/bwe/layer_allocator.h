// Shares a rate among sources with discrete layers by the product's own allocator: what an SFU
// makes of the controller's target.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "media/layer_state.h"
#include "router/steady_allocator.h"
#include "sim/bwe/event_queue.h"

namespace conclave::sim {

class LayerAllocator {
 public:
  // Every source has these layers, lowest first, `per_size` of them of one picture size: temporal
  // layers, as the router has them.
  LayerAllocator(std::vector<int64_t> layer_bps, int per_size, int frames_per_second, int sources);

  // Chooses a layer for each source; -1 is off. Returns how many sources changed.
  int Update(Micros now, int64_t budget_bps);

  int layer(int source) const { return layers_[static_cast<size_t>(source)]; }
  int64_t layer_bps(int layer) const;
  // What the controller is asked for: as the router's Downlink has it, enough above the top layers
  // that they are raised without waiting.
  int64_t desired_bps() const { return WithMargin(top_total_bps()); }
  // The same for the next layer; zero where there is none.
  int64_t next_step_bps() const { return WithMargin(next_total_bps_); }
  bool AllTop() const;

 private:
  // Downlink's kDesiredMargin.
  static int64_t WithMargin(int64_t bps) { return bps * 13 / 10; }
  int64_t top_total_bps() const;
  int LayerOf(const router::Grant& grant) const;

  std::vector<int64_t> layer_bps_;
  int per_size_;
  std::vector<media::LayerState> sizes_;
  std::vector<router::Demand> demands_;
  router::SteadyAllocator allocator_;
  router::AllocationScratch scratch_;
  std::vector<int> layers_;
  int64_t next_total_bps_ = 0;
};

}  // namespace conclave::sim
