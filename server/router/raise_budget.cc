#include "router/raise_budget.h"

#include <algorithm>

namespace conclave::router {
namespace {

DataRate Percent(DataRate rate, int64_t percent) {
  return DataRate::Bps(rate.bps() * percent / 100);
}

}  // namespace

void RaiseBudget::Note(Instant now, DataRate budget) {
  const int64_t index = now.us() / kBucket.us();
  Bucket& bucket = buckets_[static_cast<size_t>(index) % kBuckets];
  const bool first = bucket.index != index;
  bucket = {index, first ? budget : std::min(bucket.lowest, budget)};
}

DataRate RaiseBudget::Lowest(Instant now, Duration span) const {
  const int64_t oldest = (now - span).us() / kBucket.us();
  // The current one is always there.
  DataRate lowest = budget_;
  for (const Bucket& bucket : buckets_) {
    if (bucket.index >= oldest) lowest = std::min(lowest, bucket.lowest);
  }
  return lowest;
}

bool RaiseBudget::Elsewhere(Instant now) const {
  return Lowest(now, kMoment).bps() > failed_at_.bps() * kElsewhere;
}

RaiseBudget::Room RaiseBudget::Update(Instant now, DataRate budget) {
  if (joined_ == Instant::Never()) joined_ = now;
  Note(now, budget);
  budget_ = budget;
  if (last_fall_ == Instant::Never()) {
    const DataRate used = Percent(budget, kUsedPercent);
    return {used, used, budget};
  }
  if (now - last_fall_ > kForget) quiet_ = kQuietMin;
  const bool failed = quiet_ > kQuietMin && !Elsewhere(now);
  const DataRate safe = failed ? DataRate() : Percent(Lowest(now, kMoment), kSafePercent);
  const Duration quiet = failed ? quiet_ : kQuietMin;
  if (now - last_fall_ < quiet) return {safe, safe, safe};
  const DataRate lowest = Lowest(now, quiet);
  const DataRate used = Percent(lowest, failed ? kUsedAfterFailurePercent : kUsedPercent);
  return {safe, std::max(safe, used), std::max(safe, lowest)};
}

bool RaiseBudget::MayRaise(Instant now, bool possible) {
  if (!possible) {
    possible_since_ = Instant::Never();
    return false;
  }
  if (possible_since_ == Instant::Never()) possible_since_ = now;
  return last_fall_ == Instant::Never() || now - possible_since_ >= kHold;
}

void RaiseBudget::OnFall(Instant now) {
  if (now - joined_ < kJoining) return;
  possible_since_ = Instant::Never();
  const bool soon = last_raise_ != Instant::Never() && now - last_raise_ < kFailure;
  if (soon && budget_ > Percent(raised_at_, kOtherPathPercent)) {
    quiet_ = std::min(kQuietMax, quiet_ + quiet_);
    failed_at_ = raised_at_;
  }
  last_fall_ = now;
  // One raise fails once.
  last_raise_ = Instant::Never();
}

void RaiseBudget::OnRaise(Instant now) {
  last_raise_ = now;
  raised_at_ = budget_;
}

}  // namespace conclave::router
