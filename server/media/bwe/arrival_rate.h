// What arrives right now: the rate of the last third of a second, for the floor of a decrease.
#pragma once

#include <deque>
#include <optional>
#include <span>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class ArrivalRate {
 public:
  void OnFeedback(std::span<const PacketResult> results) {
    for (const PacketResult& result : results) {
      if (!result.received) continue;
      if (!window_.empty() && result.arrival < window_.back().at) continue;
      window_.push_back({result.arrival, result.packet.size_bytes});
      bytes_ += result.packet.size_bytes;
    }
    while (window_.size() > 1 && window_.back().at - window_.front().at > kSpan) {
      bytes_ -= window_.front().size_bytes;
      window_.pop_front();
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
    int size_bytes;
  };
  std::deque<Arrived> window_;
  int64_t bytes_ = 0;
};

}  // namespace conclave::media
