// Many participants' video as an SFU forwards it: each at the layer that the allocator gave.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/bwe/layer_allocator.h"
#include "sim/bwe/source.h"

namespace conclave::sim {

// What each participant sends.
struct SfuLayers {
  // Rates from the lowest layer up.
  std::vector<int64_t> bps;
  // Layers of one picture size, so that a switch among them needs no key frame.
  int per_size = 2;
  int frames_per_second = 30;
};

class SfuSource final : public Source {
 public:
  // `top_bps` is the highest layer of each; below it are five cheaper ones, as of simulcast with
  // two temporal layers each.
  SfuSource(int sources, int64_t top_bps, uint64_t seed);
  SfuSource(int sources, SfuLayers layers, uint64_t seed);

  void Emit(Micros now, int64_t target_bps, std::vector<int>& packets) override;
  Micros NextTime() const override;
  int64_t desired_bps() const override { return allocator_.desired_bps(); }
  int64_t next_step_bps() const override { return allocator_.next_step_bps(); }

  int64_t switches() const { return switches_; }
  bool AllTop() const { return allocator_.AllTop(); }

 private:
  struct Participant {
    Micros next_frame;
    int layer = -1;
  };

  LayerAllocator allocator_;
  int per_size_;
  int frames_per_second_;
  std::vector<Participant> participants_;
  Rng rng_;
  Micros next_update_ = 0;
  int64_t switches_ = 0;
};

}  // namespace conclave::sim
