// The window of SCReAM v2: how many bytes one round trip and one feedback hold carry, and how it
// grows and shrinks. Shared by SCReAM and the hybrid.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/time.h"

namespace conclave::media {

class ReferenceWindow {
 public:
  static constexpr double kSegment = 1280;
  static constexpr double kMin = 1000;

  double bytes() const { return bytes_; }
  void Set(double bytes) { bytes_ = std::max(kMin, bytes); }

  // 1 where `value` is at most a third below the limit of comfort, .1 where it exceeds it.
  static double Comfort(double value_ms, double limit_ms) {
    return std::clamp(0.1 + 1.2 * (limit_ms - value_ms) / limit_ms, 0.1, 1.0);
  }

  // How far from where the window last had to shrink: near it, growth is careful.
  double Closeness() const {
    if (!inflection_) return 1;
    const double distance = 2 * std::abs(bytes_ - *inflection_) / *inflection_;
    return std::clamp(distance * distance, 0.1, 1.0);
  }

  void Decrease(double factor, Instant now) {
    if (!decreasing_) inflection_ = bytes_;
    decreasing_ = true;
    reacted_ = now;
    Set(bytes_ * factor);
  }

  // `caution` in 0..1 scales all of it.
  void Increase(double acked_bytes, double caution, double rtt_ms, double limit, Instant now) {
    if (bytes_ >= limit) return;
    const double close = Closeness();
    // A hundred round trips after the last reaction, growth is multiplicative.
    const double wait_ms = 100 * std::max(25.0, rtt_ms);
    const double since_ms = reacted_ ? (now - *reacted_).seconds() * 1000 : wait_ms;
    const double late = std::clamp(since_ms / wait_ms, 0.0, 1.0);
    double step = acked_bytes * std::min(1.0, kSegment / bytes_) * caution;
    step *= std::max(0.25, close) * (1 + 0.02 * bytes_ / kSegment * late * close);
    if (step > 0) decreasing_ = false;
    Set(std::min(bytes_ + step, std::max(bytes_, limit)));
  }

  // What grew since was a part of a larger decrease: where that began is still where it began.
  void GoOnDecreasing() { decreasing_ = true; }

  std::optional<Instant> reacted() const { return reacted_; }
  void ForgetInflection() { inflection_.reset(); }

 private:
  double bytes_ = kMin;
  std::optional<double> inflection_;
  std::optional<Instant> reacted_;
  bool decreasing_ = false;
};

}  // namespace conclave::media
