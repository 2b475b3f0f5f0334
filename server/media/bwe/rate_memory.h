// The best of the last 15 to 20 seconds' rates: where one of a chain of congestions is over, what
// fitted before the first of them is worth trying again.
#pragma once

#include <algorithm>
#include <array>

#include "base/time.h"

namespace conclave::media {

class RateMemory {
 public:
  // A rate in bits per second; `now` never goes back.
  void Note(double bps, Instant now) {
    const int64_t index = now.us() / kSlot.us();
    Slot& slot = slots_[static_cast<size_t>(index) % kSlots];
    if (slot.index != index) slot = {index, 0};
    slot.bps = std::max(slot.bps, bps);
  }
  // Zero where none is remembered.
  double best_bps(Instant now) const {
    const int64_t oldest = now.us() / kSlot.us() - static_cast<int64_t>(kSlots);
    double best = 0;
    for (const Slot& slot : slots_) {
      if (slot.index > oldest) best = std::max(best, slot.bps);
    }
    return best;
  }

 private:
  // A drop is over when it was made up for, or too long ago to matter.
  static constexpr size_t kSlots = 4;
  static constexpr Duration kSlot = Duration::Seconds(5);
  struct Slot {
    int64_t index = 0;
    double bps = 0;
  };
  std::array<Slot, kSlots> slots_{};
};

}  // namespace conclave::media
