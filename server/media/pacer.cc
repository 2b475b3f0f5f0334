#include "media/pacer.h"

#include <algorithm>
#include <cmath>

namespace conclave::media {
namespace {

constexpr double kBitsPerByte = 8;

double BytesPerSecond(DataRate rate) { return static_cast<double>(rate.bps()) / kBitsPerByte; }

// At least a microsecond, so that rounding never makes a timer that comes at once and for nothing.
Duration TimeFor(double bytes, double bytes_per_second) {
  const double us = std::ceil(bytes * 1'000'000 / bytes_per_second);
  return Duration::Micros(std::max<int64_t>(1, static_cast<int64_t>(us)));
}

}  // namespace

void Pacer::SetPlan(const SendPlan& plan, DataRate sending, Instant now) {
  if (!planned_) drained_at_ = last_sent_ = now;
  planned_ = plan.pacing > DataRate();
  plan_ = plan;
  roomy_ = plan.target.bps() >= kRunHeadroom * sending.bps() &&
           BytesPerSecond(plan.target) * kRunMax.seconds() >= kRunBytes;
  SetBurst();
}

void Pacer::SetTurn(Duration turn) {
  if (turn == turn_) return;
  turn_ = turn;
  SetBurst();
}

void Pacer::SetBurst() {
  burst_bytes_ = BytesPerSecond(plan_.pacing) * std::max(kBurst, turn_ * 2).seconds();
  if (roomy_) burst_bytes_ = std::max(burst_bytes_, static_cast<double>(kRunBytes));
}

void Pacer::OnSent(int size_bytes, Instant now) {
  last_sent_ = now;
  if (!planned_) return;
  const double limit = BytesPerSecond(plan_.pacing) * kDebtMax.seconds();
  media_debt_ = std::min(media_debt_ + size_bytes, std::max(limit, media_debt_));
  const double padding_limit = BytesPerSecond(plan_.padding) * kDebtMax.seconds();
  padding_debt_ = std::min(padding_debt_ + size_bytes, padding_limit);
  if (media_debt_ >= burst_bytes_) bursting_ = false;
}

double Pacer::Rate(const PacerLoad& load) const {
  const double drain = static_cast<double>(load.queued_bytes) / kDrainMax.seconds();
  return std::max(BytesPerSecond(plan_.pacing), drain);
}

bool Pacer::Blocked(const PacerLoad& load, Instant now) const {
  const bool full = plan_.window_bytes > 0 && load.in_flight_bytes >= plan_.window_bytes;
  return full && now - last_sent_ < kBlockedMax;
}

void Pacer::Drain(const PacerLoad& load, Instant now) {
  if (now == drained_at_) return;
  const double seconds = (now - drained_at_).seconds();
  drained_at_ = now;
  media_debt_ = std::max(0.0, media_debt_ - Rate(load) * seconds);
  padding_debt_ = std::max(0.0, padding_debt_ - BytesPerSecond(plan_.padding) * seconds);
  if (media_debt_ == 0) bursting_ = true;
}

bool Pacer::MaySend(const PacerLoad& load, Instant now) {
  if (!planned_) return true;
  Drain(load, now);
  return bursting_ && !Blocked(load, now);
}

bool Pacer::MayPad(const PacerLoad& load, Instant now) {
  if (!planned_ || plan_.padding == DataRate()) return false;
  Drain(load, now);
  return media_debt_ == 0 && padding_debt_ == 0 && !Blocked(load, now);
}

Instant Pacer::NextTime(const PacerLoad& load, Instant now) const {
  if (!planned_) return load.queued_bytes > 0 ? now : Instant::Never();
  const bool pads = plan_.padding > DataRate();
  if (load.queued_bytes == 0 && !pads) return Instant::Never();
  if (Blocked(load, now)) return last_sent_ + kBlockedMax;
  Duration wait;
  if (load.queued_bytes > 0) {
    if (!bursting_) wait = TimeFor(media_debt_, Rate(load));
  } else {
    wait = TimeFor(media_debt_, Rate(load));
    wait = std::max(wait, TimeFor(padding_debt_, BytesPerSecond(plan_.padding)));
  }
  return std::max(now, drained_at_ + wait);
}

}  // namespace conclave::media
