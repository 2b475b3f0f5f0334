// How much of a wavering rate may be used to raise layers: a raise that has to be taken back is
// worse than one that comes later.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/data_rate.h"
#include "base/time.h"

namespace conclave::router {

// One per receiver. Allocates nothing.
class RaiseBudget {
 public:
  // So much of a budget that has stood for a moment may be used at once: capacity that comes back
  // is known by a probe, and is to be seen without delay. The controller is told to find more than
  // its inverse (Downlink::SetDesired), or it would never be enough.
  static constexpr int64_t kSafePercent = 80;
  static constexpr Duration kMoment = Duration::Millis(100);
  // What fits less amply is waited for: for so long after a fall nothing of it is raised, and then
  // only within the lowest budget of that time. It doubles with each raise that failed.
  static constexpr Duration kQuietMin = Duration::Seconds(2);
  static constexpr Duration kQuietMax = Duration::Seconds(30);
  static constexpr Duration kHold = Duration::Millis(1500);
  // A raise failed where a fall follows within so long,
  static constexpr Duration kFailure = Duration::Seconds(10);
  // unless so little is left that the path must have changed meanwhile.
  static constexpr int64_t kOtherPathPercent = 50;
  static constexpr Duration kForget = Duration::Seconds(60);
  // A raise that failed says nothing of budgets so many times as large.
  static constexpr int64_t kElsewhere = 2;
  // Whoever joins has to be at the best soon, while the estimate is still finding its place: falls
  // within so long after the first budget are no warning.
  static constexpr Duration kJoining = Duration::Seconds(5);
  // What is raised leaves the rest free: encoders waver too. The second for where a raise failed.
  static constexpr int64_t kUsedPercent = 95;
  static constexpr int64_t kUsedAfterFailurePercent = 90;

  // Within what layers may be raised, and pictures come back.
  struct Room {
    // At once; else once MayRaise says so.
    DataRate safe;
    DataRate careful;
    // As `careful`, but for pictures that were paused: a picture is taken away later than a layer.
    DataRate bases;
  };

  // `budget` now. Calls come in the order of time.
  Room Update(Instant now, DataRate budget);
  // Whether layers may be raised, where `possible` says that something fits: after a fall only once
  // it has done so for kHold, since rates that waver fit now and then by chance.
  bool MayRaise(Instant now, bool possible);
  // Layers were taken away because the budget fell short; layers were raised.
  void OnFall(Instant now);
  void OnRaise(Instant now);
  // What happened tells nothing of the path as it is from now on.
  void Forget() { *this = RaiseBudget(); }

 private:
  static constexpr int64_t kBucketUs = 1'000'000;
  static constexpr size_t kBuckets = 32;
  // The lowest budget of one second.
  struct Bucket {
    int64_t second = -1;
    DataRate lowest;
  };

  void Note(Instant now, DataRate budget);
  DataRate Steady() const { return std::min(before_, budget_); }
  DataRate Lowest(Instant now, Duration span) const;

  std::array<Bucket, kBuckets> buckets_;
  Instant joined_ = Instant::Never();
  Instant last_fall_ = Instant::Never();
  Instant last_raise_ = Instant::Never();
  // Since when something has fitted without a break.
  Instant possible_since_ = Instant::Never();
  Duration quiet_ = kQuietMin;
  // Now, and at least kMoment ago.
  DataRate budget_;
  DataRate before_;
  Instant before_until_ = Instant::Never();
  // The budget when layers were raised, and that of the last raise that failed.
  DataRate raised_at_;
  DataRate failed_at_;
};

}  // namespace conclave::router
