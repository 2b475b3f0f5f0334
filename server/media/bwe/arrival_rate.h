// What arrives right now: the rate of the last third of a second, for the floor of a decrease.
#pragma once

#include <optional>
#include <span>

#include "base/ring_queue.h"
#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class ArrivalRate {
 public:
  void OnFeedback(std::span<const PacketResult> results) {
    for (const PacketResult& result : results) {
      if (!result.received) continue;
      if (!window_.empty() && result.arrival < window_.back().at) continue;
      if (!window_.Push({result.arrival, result.packet.size_bytes})) continue;
      bytes_ += result.packet.size_bytes;
    }
    while (window_.size() > 1 && window_.back().at - window_.front().at > kSpan) {
      bytes_ -= window_.front().size_bytes;
      window_.Pop();
    }
  }
  // Bits per second.
  std::optional<double> bps() const {
    if (window_.size() < kPacketsMin) return std::nullopt;
    const Duration span = window_.back().at - window_.front().at;
    if (span < kSpanMin) return std::nullopt;
    return static_cast<double>(bytes_ - window_.front().size_bytes) * 8 / span.seconds();
  }

 private:
  static constexpr Duration kSpan = Duration::Millis(300);
  // Less is one burst of the pacer.
  static constexpr Duration kSpanMin = Duration::Millis(100);
  static constexpr size_t kPacketsMin = 8;
  struct Arrived {
    Instant at;
    int size_bytes = 0;
  };
  // More than arrives in kSpan at the highest rate that is estimated (BandwidthConfig::max).
  static constexpr size_t kPacketsMax = 8192;
  RingQueue<Arrived> window_{kPacketsMax};
  int64_t bytes_ = 0;
};

}  // namespace conclave::media
