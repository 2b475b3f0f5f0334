// How much of a wavering rate may be used to raise layers: a raise that has to be taken back is
// worse than one that comes later.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/data_rate.h"
#include "base/time.h"

namespace conclave::router {

// One per receiver. Allocates nothing.
class RaiseBudget {
 public:
  // After a fall, nothing is raised for so long, and then only within the lowest budget of that
  // time. It doubles with each raise that was followed by a fall at once.
  static constexpr Duration kQuietMin = Duration::Seconds(2);
  static constexpr Duration kQuietMax = Duration::Seconds(30);
  static constexpr Duration kHold = Duration::Millis(1500);
  static constexpr Duration kFailure = Duration::Seconds(4);
  static constexpr Duration kForget = Duration::Seconds(60);
  // A raise that failed says nothing of budgets so many times as large.
  static constexpr int64_t kElsewhere = 2;
  // Whoever joins has to be at the best soon, while the estimate is still finding its place: falls
  // within so long after the first budget are no warning.
  static constexpr Duration kJoining = Duration::Seconds(5);
  // What is raised leaves the rest free: encoders waver too. The second for where a raise failed.
  static constexpr int64_t kUsedPercent = 95;
  static constexpr int64_t kUsedAfterFailurePercent = 90;
  // So much of the last second's lowest budget needs no such care. The controller is told to find
  // more than its inverse (slot_filler.cc), or it would never be enough.
  static constexpr int64_t kSafePercent = 66;

  // `budget` now. Returns within what layers may be raised. Calls come in the order of time.
  DataRate Update(Instant now, DataRate budget);
  // Whether layers may be raised, where `possible` says that something fits: after a fall only once
  // it has done so for kHold, since rates that waver fit now and then by chance.
  bool MayRaise(Instant now, bool possible);
  // Layers were taken away because the budget fell short; layers were raised.
  void OnFall(Instant now);
  void OnRaise(Instant now);

 private:
  static constexpr int64_t kBucketUs = 1'000'000;
  static constexpr size_t kBuckets = 32;
  // The lowest budget of one second.
  struct Bucket {
    int64_t second = -1;
    DataRate lowest;
  };

  void Note(Instant now, DataRate budget);
  DataRate Lowest(Instant now, Duration span) const;

  std::array<Bucket, kBuckets> buckets_;
  Instant joined_ = Instant::Never();
  Instant last_fall_ = Instant::Never();
  Instant last_raise_ = Instant::Never();
  // Since when something has fitted without a break.
  Instant possible_since_ = Instant::Never();
  Duration quiet_ = kQuietMin;
  DataRate budget_;
  // The budget when layers were raised, and that of the last raise that failed.
  DataRate raised_at_;
  DataRate failed_at_;
};

}  // namespace conclave::router
