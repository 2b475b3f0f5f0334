// CoDel, RFC 8289: drops at the head once every packet of an interval waited too long.
#pragma once

#include <cmath>

#include "sim/bwe/event_queue.h"

namespace conclave::sim {

class Codel {
 public:
  static constexpr Micros kTarget = 5 * kMilli;
  static constexpr Micros kInterval = 100 * kMilli;

  // Whether the packet that would leave the queue now, after waiting for `sojourn`, is dropped.
  bool Drop(Micros sojourn, bool last_in_queue, Micros now) {
    const bool high = TooLong(sojourn, last_in_queue, now);
    if (dropping_) {
      if (!high) dropping_ = false;
      if (!dropping_ || now < next_drop_) return false;
      ++count_;
      next_drop_ += Spacing();
      return true;
    }
    if (!high) return false;
    dropping_ = true;
    // Section 5.5: goes on near the last rate where the last episode is recent.
    count_ = count_ > 2 && now - next_drop_ < 16 * kInterval ? count_ - 2 : 1;
    next_drop_ = now + Spacing();
    return true;
  }

 private:
  Micros Spacing() const {
    return static_cast<Micros>(static_cast<double>(kInterval) / std::sqrt(count_));
  }
  bool TooLong(Micros sojourn, bool last_in_queue, Micros now) {
    if (sojourn < kTarget || last_in_queue) {
      above_since_ = -1;
      return false;
    }
    if (above_since_ < 0) above_since_ = now;
    return now - above_since_ >= kInterval;
  }

  bool dropping_ = false;
  int count_ = 0;
  Micros next_drop_ = 0;
  Micros above_since_ = -1;
};

}  // namespace conclave::sim
