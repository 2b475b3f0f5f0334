#include "media/bwe/aimd.h"

#include <algorithm>
#include <cmath>

namespace conclave::media {
namespace {

constexpr double kBackoff = 0.85;
constexpr double kBelowBackoff = 5'000;
constexpr double kGrowthPerSecond = 1.08;
constexpr double kGrowthMin = 1'000;
constexpr double kAckedFactor = 1.5;
constexpr double kAckedMargin = 10'000;
constexpr double kAdditiveMin = 4'000;
constexpr double kPacketBytes = 1200;
constexpr double kFramesPerSecond = 30;
// What one decrease needs to show: feedback and the sender's reaction.
constexpr double kResponseMargin = 0.1;
// Overuse is acted on again after a round trip, and no later than this; so seldom where nothing is
// known to have got through, since each time halves the rate.
constexpr Duration kReduceMax = Duration::Millis(200);

}  // namespace

double LinkCapacity::DeviationKbps() const { return std::sqrt(variance_ * *kbps_); }
double LinkCapacity::UpperBps() const {
  return kbps_ ? (*kbps_ + 3 * DeviationKbps()) * 1000 : 1e12;
}
double LinkCapacity::LowerBps() const {
  return kbps_ ? std::max(0.0, *kbps_ - 3 * DeviationKbps()) * 1000 : 0;
}

void LinkCapacity::Update(double bps, double alpha) {
  const double sample = bps / 1000;
  if (!kbps_) {
    kbps_ = sample;
  } else {
    *kbps_ = (1 - alpha) * *kbps_ + alpha * sample;
  }
  const double norm = std::max(*kbps_, 1.0);
  const double error = *kbps_ - sample;
  variance_ = (1 - alpha) * variance_ + alpha * error * error / norm;
  variance_ = std::clamp(variance_, 0.4, 2.5);
}

double Aimd::Update(Usage usage, std::optional<double> acked_bps, Instant now) {
  ChangeState(usage, now);
  if (state_ == State::kIncrease) Increase(acked_bps, now);
  if (state_ == State::kDecrease) Decrease(acked_bps, now);
  bps_ = std::clamp(bps_, min_bps_, max_bps_);
  return bps_;
}

void Aimd::SetEstimate(double bps, Instant now) {
  const bool lower = bps < bps_;
  bps_ = std::clamp(bps, min_bps_, max_bps_);
  changed_ = now;
  if (lower) decreased_ = now;
}

bool Aimd::MayReduce(std::optional<double> acked_bps, Instant now) const {
  if (!decreased_) return true;
  const Duration wait = acked_bps ? std::clamp(rtt_, Duration::Millis(10), kReduceMax) : kReduceMax;
  if (now - *decreased_ >= wait) return true;
  return acked_bps && *acked_bps < bps_ / 2;
}

void Aimd::ChangeState(Usage usage, Instant now) {
  switch (usage) {
    case Usage::kOver:
      state_ = State::kDecrease;
      break;
    case Usage::kUnder:
      state_ = State::kHold;
      break;
    case Usage::kNormal:
      if (state_ != State::kHold) break;
      state_ = State::kIncrease;
      changed_ = now;
      break;
  }
}

double Aimd::AdditiveBpsPerSecond() const {
  const double frame = bps_ / 8 / kFramesPerSecond;
  const double packet = frame / std::max(1.0, std::ceil(frame / kPacketBytes));
  const double response = 2 * (rtt_.seconds() + kResponseMargin);
  return std::max(kAdditiveMin, packet * 8 / response);
}

void Aimd::Increase(std::optional<double> acked_bps, Instant now) {
  if (acked_bps && *acked_bps > capacity_.UpperBps()) capacity_.Reset();
  const double elapsed = changed_ ? (now - *changed_).seconds() : 0;
  double next = bps_;
  if (capacity_.known()) {
    next += AdditiveBpsPerSecond() * elapsed;
  } else {
    const double factor = std::pow(kGrowthPerSecond, std::min(elapsed, 1.0));
    next += std::max(bps_ * (factor - 1), kGrowthMin * (elapsed > 0 ? 1 : 0));
  }
  if (acked_bps) next = std::min(next, kAckedFactor * *acked_bps + kAckedMargin);
  bps_ = std::max(bps_, next);
  changed_ = now;
}

void Aimd::Decrease(std::optional<double> acked_bps, Instant now) {
  double next = kBackoff * acked_bps.value_or(bps_ / 2 / kBackoff);
  if (next > kBelowBackoff && acked_bps) next -= kBelowBackoff;
  if (next > bps_ && capacity_.known()) next = kBackoff * capacity_.bps();
  bps_ = std::min(bps_, next);
  if (acked_bps) {
    if (*acked_bps < capacity_.LowerBps()) capacity_.Reset();
    capacity_.OnOveruse(*acked_bps);
  }
  state_ = State::kHold;
  changed_ = now;
  decreased_ = now;
}

}  // namespace conclave::media
