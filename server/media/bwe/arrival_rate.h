// What arrives right now: the rate of the last third of a second, for the floor of a decrease, and
// of its newest part, for how far to fall.
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
  // Bits per second of the last fifth of a second: while a queue grows quickly, what lies before it
  // was carried by the link as it was.
  std::optional<double> newest_bps() const {
    int64_t bytes = 0;
    for (size_t after = window_.size(); after-- > 1;) {
      bytes += window_[after].size_bytes;
      const Duration span = window_.back().at - window_[after - 1].at;
      if (span < kNewest || window_.size() - after < kNewestMin) continue;
      return static_cast<double>(bytes) * 8 / span.seconds();
    }
    return std::nullopt;
  }

 private:
  static constexpr Duration kSpan = Duration::Millis(300);
  // Less is one burst of the pacer.
  static constexpr Duration kSpanMin = Duration::Millis(100);
  static constexpr size_t kPacketsMin = 8;
  // Less (150 and 100 ms were tried) mistakes the first packets of a download for a slower link.
  static constexpr Duration kNewest = Duration::Millis(200);
  static constexpr size_t kNewestMin = 6;
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
