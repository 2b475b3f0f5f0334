#include "router/load_governor.h"

#include <algorithm>

namespace conclave::router {
namespace {

// While the thread is not full, nothing waits for longer: rarer sends do not always save anything.
constexpr Duration kTurnUsual = Duration::Millis(8);

Shedding Step(Shedding shedding, int by) {
  const int last = static_cast<int>(Shedding::kJoins);
  return static_cast<Shedding>(std::clamp(static_cast<int>(shedding) + by, 0, last));
}

}  // namespace

bool LoadGovernor::OnTurn(Instant now, Duration waited) {
  if (window_began_ == Instant()) window_began_ = now;
  waited_ = waited_ + waited;
  if (now - window_began_ < kWindow) return false;
  const int64_t all_us = (now - window_began_).us();
  const int64_t busy_us = std::clamp<int64_t>(all_us - waited_.us(), 0, all_us);
  busy_percent_ = static_cast<int>(busy_us * 100 / all_us);
  window_began_ = now;
  waited_ = Duration();
  return Decide(now);
}

bool LoadGovernor::Decide(Instant now) {
  SetTurn();
  full_windows_ = turn_ >= kTurnMax && busy_percent_ >= kFullPercent ? full_windows_ + 1 : 0;
  if (busy_percent_ >= kCalmPercent) {
    calm_since_ = Instant::Never();
  } else if (calm_since_ == Instant::Never()) {
    calm_since_ = now;
  }
  const Shedding before = shedding_;
  const bool first = shedding_ == Shedding::kNothing;
  if (full_windows_ >= (first ? kFullWindowsFirst : kFullWindowsNext)) {
    More(now);
  } else if (now >= calm_since_ && now - calm_since_ >= calm_needed_) {
    Less(now);
  }
  return shedding_ != before;
}

void LoadGovernor::SetTurn() {
  if (busy_percent_ > kBusyPercent) {
    // Quickly where there is hardly time left: what to leave out is to be decided within a quarter
    // of a second.
    const bool full = busy_percent_ >= kFullPercent;
    const Duration longest = full ? kTurnMax : std::max(turn_, kTurnUsual);
    turn_ = std::clamp(turn_ * (full ? 4 : 2), full ? kTurnFull : kTurnMin, longest);
  } else if (busy_percent_ < kIdlePercent) {
    turn_ = turn_ / 2;
    if (turn_ < kTurnMin) turn_ = Duration();
  }
}

void LoadGovernor::More(Instant now) {
  full_windows_ = 0;
  if (relaxed_at_) {
    // What came back had to go again.
    const bool soon = now - *relaxed_at_ < calm_needed_ * 2;
    calm_needed_ = soon ? std::min(calm_needed_ * 2, kCalmMax) : kCalm;
    relaxed_at_.reset();
  }
  shedding_ = Step(shedding_, 1);
}

void LoadGovernor::Less(Instant now) {
  calm_since_ = now;
  if (shedding_ == Shedding::kNothing) return;
  relaxed_at_ = now;
  shedding_ = Step(shedding_, -1);
}

}  // namespace conclave::router
