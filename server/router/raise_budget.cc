#include "router/raise_budget.h"

#include <algorithm>

namespace conclave::router {
namespace {

DataRate Percent(DataRate rate, int64_t percent) {
  return DataRate::Bps(rate.bps() * percent / 100);
}

}  // namespace

void RaiseBudget::Note(Instant now, DataRate budget) {
  if (joined_ == Instant::Never()) joined_ = before_until_ = now;
  if (now - before_until_ >= kMoment) {
    before_ = budget_;
    before_until_ = now;
    budget_ = budget;
  } else {
    // What dipped in between did not stand.
    before_ = std::min(before_, budget);
    budget_ = budget;
  }
  const int64_t second = now.us() / kBucketUs;
  Bucket& bucket = buckets_[static_cast<size_t>(second) % kBuckets];
  const bool first = bucket.second != second;
  bucket = {second, first ? budget : std::min(bucket.lowest, budget)};
}

DataRate RaiseBudget::Lowest(Instant now, Duration span) const {
  const int64_t oldest = (now - span).us() / kBucketUs;
  // The current second's is always there.
  DataRate lowest = budget_;
  for (const Bucket& bucket : buckets_) {
    if (bucket.second >= oldest) lowest = std::min(lowest, bucket.lowest);
  }
  return lowest;
}

RaiseBudget::Room RaiseBudget::Update(Instant now, DataRate budget) {
  Note(now, budget);
  if (last_fall_ == Instant::Never()) {
    const DataRate used = Percent(budget, kUsedPercent);
    return {used, used, budget};
  }
  if (now - last_fall_ > kForget) quiet_ = kQuietMin;
  const bool failed = quiet_ > kQuietMin && Steady().bps() <= failed_at_.bps() * kElsewhere;
  const DataRate safe = failed ? DataRate() : Percent(Steady(), kSafePercent);
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
