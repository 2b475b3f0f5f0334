// Whether the application sends much less than it may (libwebrtc, alr_detector): then silence of
// the network proves nothing about its capacity.
#pragma once

#include <algorithm>
#include <optional>

#include "base/time.h"

namespace conclave::media {

class AlrDetector {
 public:
  void SetEstimate(double bps) { bps_ = bps; }

  void OnSent(int size_bytes, Instant now) {
    const double capacity = bps_ / 8 * kUsage * kWindow.seconds();
    if (last_) budget_ += bps_ / 8 * kUsage * (now - *last_).seconds();
    last_ = now;
    budget_ = std::clamp(budget_ - size_bytes, -capacity, capacity);
    if (capacity <= 0) return;
    if (budget_ / capacity > kStart && !since_) since_ = now;
    if (budget_ / capacity < kStop && since_) {
      since_.reset();
      ended_ = now;
    }
  }

  std::optional<Instant> since() const { return since_; }
  std::optional<Instant> ended() const { return ended_; }

 private:
  static constexpr double kUsage = 0.65;
  static constexpr Duration kWindow = Duration::Millis(500);
  static constexpr double kStart = 0.8;
  static constexpr double kStop = 0.5;

  double bps_ = 0;
  double budget_ = 0;
  std::optional<Instant> last_;
  std::optional<Instant> since_;
  std::optional<Instant> ended_;
};

}  // namespace conclave::media
