#include "router/raise_budget.h"

#include <algorithm>

namespace conclave::router {
namespace {

DataRate Percent(DataRate rate, int64_t percent) {
  return DataRate::Bps(rate.bps() * percent / 100);
}

}  // namespace

void RaiseBudget::Note(Instant now, DataRate budget) {
  const int64_t second = now.us() / kBucketUs;
  Bucket& bucket = buckets_[static_cast<size_t>(second) % kBuckets];
  const bool first = bucket.second != second;
  bucket = {second, first ? budget : std::min(bucket.lowest, budget)};
}

DataRate RaiseBudget::Lowest(Instant now, Duration span) const {
  const int64_t oldest = (now - span).us() / kBucketUs;
  // The current second's is always there.
  DataRate lowest = buckets_[static_cast<size_t>(now.us() / kBucketUs) % kBuckets].lowest;
  for (const Bucket& bucket : buckets_) {
    if (bucket.second >= oldest) lowest = std::min(lowest, bucket.lowest);
  }
  return lowest;
}

DataRate RaiseBudget::Update(Instant now, DataRate budget) {
  if (joined_ == Instant::Never()) joined_ = now;
  Note(now, budget);
  budget_ = budget;
  if (last_fall_ == Instant::Never()) return Percent(budget, kUsedPercent);
  if (now - last_fall_ > kForget) quiet_ = kQuietMin;
  const DataRate safe = Percent(Lowest(now, Duration::Seconds(1)), kSafePercent);
  const bool elsewhere = Lowest(now, kQuietMin).bps() > failed_at_.bps() * kElsewhere;
  const Duration quiet = elsewhere ? kQuietMin : quiet_;
  if (now - last_fall_ < quiet) return safe;
  const int64_t used = quiet_ > kQuietMin ? kUsedAfterFailurePercent : kUsedPercent;
  return std::max(safe, Percent(Lowest(now, quiet), used));
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
  const bool failed = last_raise_ != Instant::Never() && now - last_raise_ < kFailure;
  if (failed) {
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
