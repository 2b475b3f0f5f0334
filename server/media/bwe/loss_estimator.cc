#include "media/bwe/loss_estimator.h"

#include <algorithm>
#include <cmath>

namespace conclave::media {
namespace {

constexpr Duration kObservation = Duration::Millis(250);
constexpr size_t kReady = 3;
constexpr double kAgeing = 0.9;
constexpr double kBiasThreshold = 0.2;
constexpr double kBiasWidth = 0.002;
constexpr double kBiasLinear = 0.0002;
constexpr double kBiasLog = 0.02;
constexpr double kInherentMin = 0.001;
constexpr double kInherentOffset = 0.05;
constexpr double kInherentBalance = 100'000;
constexpr double kNewton = 0.75;
constexpr double kProbabilityMin = 1e-6;
constexpr double kWindowGrowth = 1.3;
constexpr Duration kLimitWindow = Duration::Millis(300);
constexpr double kAckedGrowth = 1.5;
constexpr double kAckedGrowthHold = 1.2;
constexpr double kHoldMargin = 1.3;
constexpr Duration kHoldFirst = Duration::Millis(300);
constexpr Duration kHoldMax = Duration::Seconds(60);
constexpr Duration kPaddingMax = Duration::Seconds(2);
constexpr Duration kPaddingMemory = Duration::Seconds(2);

double Loss(double bytes, double lost) { return bytes > 0 ? lost / bytes : 0; }

// Of bytes sent at `send_bps` over a path of `bps` that loses `inherent` of everything.
double LossProbability(double inherent, double bps, double send_bps) {
  const double overflow = send_bps > 0 ? std::max(0.0, (send_bps - bps) / send_bps) : 0;
  return std::clamp(inherent + (1 - inherent) * overflow, kProbabilityMin, 1 - kProbabilityMin);
}

}  // namespace

bool LossEstimator::ready() const { return observations_ >= kReady; }

void LossEstimator::Reset(double bps) {
  observations_ = 0;
  partial_ = {};
  partial_since_.reset();
  current_.reset();
  bps_ = bps;
  state_ = LossState::kDelayBased;
  average_loss_ = 0;
  hold_ = kHoldFirst;
  hold_bps_ = 1e12;
  padded_.reset();
}

void LossEstimator::OnFeedback(std::span<const PacketResult> results,
                               std::optional<double> acked_bps, double delay_bps,
                               bool application_limited, Instant now) {
  if (!Observe(results)) {
    if (state_ == LossState::kDelayBased) bps_ = delay_bps;
    bps_ = std::min(bps_, delay_bps);
    return;
  }
  UpdateAverageLoss();
  if (!current_) current_ = Model{delay_bps};
  if (!ready()) {
    bps_ = delay_bps;
    current_->bps = delay_bps;
    return;
  }
  Adopt(Best(acked_bps, delay_bps, application_limited, now), acked_bps, delay_bps, now);
}

bool LossEstimator::Observe(std::span<const PacketResult> results) {
  Instant last;
  for (const PacketResult& result : results) {
    if (!partial_since_) partial_since_ = result.packet.sent;
    last = std::max(last, result.packet.sent);
    // A recovery takes back what was counted when it was reported lost.
    if (result.recovered) {
      partial_.lost_bytes = std::max(0.0, partial_.lost_bytes - result.packet.size_bytes);
      continue;
    }
    partial_.bytes += result.packet.size_bytes;
    if (!result.received) partial_.lost_bytes += result.packet.size_bytes;
  }
  if (!partial_since_ || last - *partial_since_ < kObservation || partial_.bytes == 0) return false;
  partial_.send_bps = partial_.bytes * 8 / (last - *partial_since_).seconds();
  window_[next_] = partial_;
  next_ = (next_ + 1) % kWindow;
  observations_ = std::min(observations_ + 1, kWindow);
  partial_ = {};
  partial_since_ = last;
  return true;
}

void LossEstimator::UpdateAverageLoss() {
  double bytes = 0;
  double lost = 0;
  double weight = 1;
  const Observation* least = nullptr;
  const Observation* most = nullptr;
  double least_weight = 0;
  double most_weight = 0;
  std::array<double, kWindow> rates{};
  for (size_t i = 0; i < observations_; ++i, weight *= kAgeing) {
    const Observation* it = &Observed(i);
    bytes += weight * it->bytes;
    lost += weight * it->lost_bytes;
    rates[i] = it->send_bps;
    const double loss = Loss(it->bytes, it->lost_bytes);
    if (least == nullptr || loss < Loss(least->bytes, least->lost_bytes)) {
      least = it;
      least_weight = weight;
    }
    if (most == nullptr || loss > Loss(most->bytes, most->lost_bytes)) {
      most = it;
      most_weight = weight;
    }
  }
  const size_t middle = observations_ / 2;
  std::nth_element(rates.begin(), rates.begin() + static_cast<ptrdiff_t>(middle),
                   rates.begin() + static_cast<ptrdiff_t>(observations_));
  const bool burst = 2 * rates[middle] <= most->send_bps;
  if (observations_ > kReady && !burst && least != most) {
    bytes -= least_weight * least->bytes + most_weight * most->bytes;
    lost -= least_weight * least->lost_bytes + most_weight * most->lost_bytes;
  }
  average_loss_ = std::max(0.0, Loss(bytes, lost));
}

double LossEstimator::Bias(double bps) const {
  const double distance = kBiasThreshold - average_loss_;
  const double sign = distance / (kBiasWidth + std::abs(distance));
  const double kbps = bps / 1000;
  return sign * (kBiasLinear * kbps + kBiasLog * std::log(1 + kbps));
}

double LossEstimator::Objective(const Model& model) const {
  const double bias = Bias(model.bps);
  double sum = 0;
  double weight = 1;
  for (size_t i = 0; i < observations_; ++i, weight *= kAgeing) {
    const Observation* it = &Observed(i);
    const double p = LossProbability(model.inherent, model.bps, it->send_bps);
    const double kb = it->bytes / 1000;
    const double lost = it->lost_bytes / 1000;
    sum += weight * (lost * std::log(p) + (kb - lost) * std::log(1 - p) + bias * kb);
  }
  return sum;
}

double LossEstimator::NewtonStep(const Model& model) const {
  double first = 0;
  double second = 0;
  double weight = 1;
  for (size_t i = 0; i < observations_; ++i, weight *= kAgeing) {
    const Observation* it = &Observed(i);
    const double p = LossProbability(model.inherent, model.bps, it->send_bps);
    const double lost = it->lost_bytes / 1000;
    const double good = it->bytes / 1000 - lost;
    first += weight * (lost / p - good / (1 - p));
    second -= weight * (lost / (p * p) + good / ((1 - p) * (1 - p)));
  }
  const double limit = std::min(1.0, kInherentOffset + kInherentBalance / std::max(1.0, model.bps));
  if (second == 0) return std::clamp(model.inherent, kInherentMin, limit);
  return std::clamp(model.inherent - kNewton * first / second, kInherentMin,
                    std::max(kInherentMin, limit));
}

LossEstimator::Model LossEstimator::Best(std::optional<double> acked_bps, double delay_bps,
                                         bool application_limited, Instant now) const {
  const double now_bps = current_->bps;
  std::array<double, 5> rates = {1.02 * now_bps, 1.0 * now_bps, 0.95 * now_bps};
  size_t count = 3;
  // Where padding filled up what the application left, what got through says what fits.
  const bool filled = padded_ && now - *padded_ < kPaddingMemory;
  if (acked_bps && (!application_limited || filled)) rates[count++] = *acked_bps;
  if (delay_bps > now_bps) rates[count++] = delay_bps;
  const bool limited = state_ != LossState::kDelayBased && limited_since_;
  const double cap = limited ? limited_from_bps_ * kWindowGrowth : max_bps_;
  std::optional<Model> best;
  double best_value = 0;
  for (const double rate : std::span(rates).first(count)) {
    Model model{std::min(rate, std::max(current_->bps, cap)), current_->inherent};
    model.inherent = NewtonStep(model);
    const double value = Objective(model);
    if (best && (value < best_value || (value == best_value && model.bps < best->bps))) continue;
    best = model;
    best_value = value;
  }
  return *best;
}

double LossEstimator::IncreaseLimit(std::optional<double> acked_bps, Instant now) {
  if (state_ == LossState::kDelayBased) return 1e12;
  if (!limited_since_ || now - *limited_since_ >= kLimitWindow) {
    limited_since_ = now;
    limited_from_bps_ = current_->bps;
  }
  double limit = limited_from_bps_ * kWindowGrowth;
  if (acked_bps) {
    const bool held = *acked_bps < kHoldMargin * hold_bps_;
    limit = std::min(
        limit, std::max(current_->bps, *acked_bps * (held ? kAckedGrowthHold : kAckedGrowth)));
  }
  if (now < hold_until_) limit = std::min(limit, hold_bps_);
  return limit;
}

void LossEstimator::Adopt(Model best, std::optional<double> acked_bps, double delay_bps,
                          Instant now) {
  const double before = current_->bps;
  if (average_loss_ > best.inherent) best.bps = std::min(best.bps, before);
  best.bps = std::min(best.bps, std::max(min_bps_, IncreaseLimit(acked_bps, now)));
  double upper = max_bps_;
  if (average_loss_ > kInherentOffset) {
    upper = kInherentBalance / (average_loss_ - kInherentOffset);
  }
  const double lower = std::max(acked_bps.value_or(0), min_bps_);
  const double bounded = std::max(lower, std::min({best.bps, upper, delay_bps}));
  if (bounded < best.bps) {
    best.bps = bounded;
    best.inherent = 0;
  }
  current_ = best;
  bps_ = std::min(bounded, delay_bps);
  ChangeState(before, delay_bps, now);
  if (state_ == LossState::kIncreaseUsingPadding) padded_ = now;
}

void LossEstimator::ChangeState(double before, double delay_bps, Instant now) {
  if (bps_ > before) raised_ = now;
  if (bps_ >= delay_bps) {
    state_ = LossState::kDelayBased;
    hold_ = kHoldFirst;
    hold_bps_ = 1e12;
    limited_since_.reset();
    return;
  }
  if (state_ != LossState::kDelayBased && bps_ > before) {
    state_ = LossState::kIncreaseUsingPadding;
    return;
  }
  const bool stays =
      state_ == LossState::kIncreaseUsingPadding && bps_ >= before && now - raised_ < kPaddingMax;
  if (stays) return;
  if (state_ != LossState::kDecreasing || bps_ < before) {
    if (state_ != LossState::kDecreasing) {
      hold_until_ = now + hold_;
      hold_bps_ = bps_;
      hold_ = std::min(hold_ * 2, kHoldMax);
    }
  }
  state_ = LossState::kDecreasing;
}

}  // namespace conclave::media
