// What a probe leaves to a flow that shares the link. How fast a burst arrives says what the link
// gives to a burst, at the cost of everybody else on it: a queue that grows by s seconds a second
// under a burst of rate R has R - s * C for us, where C is what the link carries. C is at least
// what was lately seen to arrive.
#pragma once

#include <algorithm>

#include "media/bwe/probe_result.h"

namespace conclave::media {

class AvailableRate {
 public:
  // Bits per second that arrived.
  void OnThroughput(double bps, Instant now) {
    if (bps <= capacity_bps_) return;
    capacity_bps_ = bps;
    seen_ = now;
  }
  // What there is for us, at least `target_bps`, at most `measured_bps`: what the burst made of it.
  double OnProbe(const ProbeRates& rates, double measured_bps, double target_bps, Instant now) {
    if (rates.received > capacity_bps_ || now - seen_ > kMemory) {
      capacity_bps_ = rates.received;
      seen_ = now;
    }
    queued_ = rates.received < kUnqueued * rates.sent;
    if (rates.received >= rates.sent) return measured_bps;
    const double growth = rates.sent / rates.received - 1;
    const double available = rates.sent - growth * capacity_bps_;
    return std::min(measured_bps, std::max(target_bps, available));
  }
  // The last probe met, or made, a queue.
  bool queued() const { return queued_; }

 private:
  static constexpr Duration kMemory = Duration::Seconds(30);
  // Less is the timing of single packets.
  static constexpr double kUnqueued = 0.95;

  double capacity_bps_ = 0;
  Instant seen_;
  bool queued_ = false;
};

}  // namespace conclave::media
