// What arrives right now: the rate of the last third of a second, for the floor of a decrease, and
// of its newest part, for how far to fall.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/ring_queue.h"
#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class ArrivalRate {
 public:
  void OnFeedback(std::span<const PacketResult> results) {
    for (const PacketResult& result : results) {
      if (result.received) Insert(result.arrival, result.packet.size_bytes);
    }
    while (window_.size() > 1 && Since(window_.front()) > kSpan) {
      bytes_ -= window_.front().size_bytes;
      window_.Pop();
    }
  }
  // Bits per second.
  std::optional<double> bps() const {
    if (window_.size() < kPacketsMin) return std::nullopt;
    const Duration span = Since(window_.front());
    if (span < kSpanMin) return std::nullopt;
    return static_cast<double>(bytes_ - window_.front().size_bytes) * 8 / span.seconds();
  }
  // Bits per second of the last fifth of a second: while a queue grows quickly, what lies before it
  // was carried by the link as it was.
  std::optional<double> newest_bps() const {
    int64_t bytes = 0;
    for (size_t after = window_.size(); after-- > 1;) {
      bytes += window_[after].size_bytes;
      const Duration span = Since(window_[after - 1]);
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
  // One for every packet of a third of a second: its time's low bits, which are enough where
  // nothing older is kept.
  struct Arrived {
    uint32_t at_us = 0;
    int size_bytes = 0;
  };

  static uint32_t LowBits(Instant time) { return static_cast<uint32_t>(time.us()); }
  // From then to the newest.
  Duration Since(const Arrived& packet) const {
    return Duration::Micros(LowBits(newest_) - packet.at_us);
  }
  void Insert(Instant at, int size_bytes) {
    if (!window_.empty() && at < newest_) return;
    if (at - newest_ > kSpan) Clear();
    if (!window_.Push({LowBits(at), size_bytes})) return;
    newest_ = at;
    bytes_ += size_bytes;
  }
  void Clear() {
    window_.Clear();
    bytes_ = 0;
  }

  // More than arrives in kSpan at the highest rate that is estimated (BandwidthConfig::max).
  static constexpr size_t kPacketsMax = 8192;
  RingQueue<Arrived> window_{kPacketsMax};
  Instant newest_;
  int64_t bytes_ = 0;
};

}  // namespace conclave::media
