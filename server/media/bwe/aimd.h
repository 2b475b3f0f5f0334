// The delay-based rate: additive or multiplicative increase, multiplicative decrease (libwebrtc,
// aimd_rate_control and link_capacity_estimator). Rates are in bits per second.
#pragma once

#include <optional>

#include "media/bwe/trendline.h"

namespace conclave::media {

// Where overuse happened lately, and how far that scatters.
class LinkCapacity {
 public:
  void OnOveruse(double bps) { Update(bps, 0.05); }
  void OnProbe(double bps) { Update(bps, 0.5); }
  void Reset() { kbps_.reset(); }
  bool known() const { return kbps_.has_value(); }
  double bps() const { return kbps_.value_or(0) * 1000; }
  double UpperBps() const;
  double LowerBps() const;

 private:
  void Update(double bps, double alpha);
  double DeviationKbps() const;

  std::optional<double> kbps_;
  double variance_ = 0.4;
};

class Aimd {
 public:
  Aimd(double start_bps, double min_bps, double max_bps)
      : bps_(start_bps), min_bps_(min_bps), max_bps_(max_bps) {}

  // One feedback's verdict. Returns the new rate.
  double Update(Usage usage, std::optional<double> acked_bps, Instant now);
  void SetEstimate(double bps, Instant now);
  void SetRtt(Duration rtt) { rtt_ = rtt; }
  // Whether overuse may be acted upon again.
  bool MayReduce(std::optional<double> acked_bps, Instant now) const;
  double bps() const { return bps_; }
  LinkCapacity& capacity() { return capacity_; }

 private:
  enum class State : uint8_t { kHold, kIncrease, kDecrease };

  void ChangeState(Usage usage, Instant now);
  void Increase(std::optional<double> acked_bps, Instant now);
  void Decrease(std::optional<double> acked_bps, Instant now);
  double AdditiveBpsPerSecond() const;

  double bps_;
  double min_bps_;
  double max_bps_;
  Duration rtt_ = Duration::Millis(200);
  State state_ = State::kHold;
  std::optional<Instant> changed_;
  std::optional<Instant> decreased_;
  LinkCapacity capacity_;
};

}  // namespace conclave::media
