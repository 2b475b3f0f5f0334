// Finds out whose a standing queue is, by sending half for a moment: ours falls, that of a longer
// path stays flat, that of a loss-based flow keeps moving.
#pragma once

#include <algorithm>
#include <optional>

#include "base/time.h"

namespace conclave::media {

enum class DrainVerdict : uint8_t { kNone, kOurs, kLongerPath, kCompetitor };

class DrainTest {
 public:
  bool running() const { return until_.has_value(); }
  // The queue is long, but perhaps not yet for long enough.
  bool standing() const { return since_.has_value(); }
  // After a competitor was found, the next test is not before this long.
  static constexpr Duration kRetest = Duration::Seconds(12);

  // One feedback's queue, in milliseconds. `threshold_ms` is what the controller takes for
  // congestion. Starts the test itself where the queue stands.
  DrainVerdict Update(double queue_ms, double average_ms, double rtt_ms, double threshold_ms,
                      double jitter_ms, Instant now) {
    if (running()) return Watch(queue_ms, threshold_ms, jitter_ms, now);
    const double standing = std::max(kStandingMs, kStandingFactor * threshold_ms);
    if (average_ms <= standing) {
      since_.reset();
      return DrainVerdict::kNone;
    }
    if (!since_) since_ = now;
    if (now - *since_ < Ms(1000 + 2 * rtt_ms)) return DrainVerdict::kNone;
    before_ms_ = average_ms;
    lowest_ms_ = 1e9;
    highest_ms_ = 0;
    watch_from_ = now + Ms(rtt_ms);
    until_ = now + Ms(300 + 1.5 * rtt_ms + queue_ms);
    return DrainVerdict::kNone;
  }
  void Stop() {
    until_.reset();
    since_.reset();
  }

 private:
  static constexpr double kStandingMs = 50;
  static constexpr double kStandingFactor = 1.3;
  static constexpr double kFell = 0.6;
  static constexpr double kFlatMs = 8;
  static constexpr double kFlatJitters = 2.5;
  static constexpr double kCompetitorMs = 70;
  static constexpr double kCompetitorThresholds = 1.75;

  static Duration Ms(double ms) { return Duration::Micros(static_cast<int64_t>(ms * 1000)); }

  DrainVerdict Watch(double queue_ms, double threshold_ms, double jitter_ms, Instant now) {
    if (now >= watch_from_) {
      lowest_ms_ = std::min(lowest_ms_, queue_ms);
      highest_ms_ = std::max(highest_ms_, queue_ms);
    }
    if (now < *until_) return DrainVerdict::kNone;
    Stop();
    if (lowest_ms_ < kFell * before_ms_) return DrainVerdict::kOurs;
    const double flat = std::max(kFlatMs, kFlatJitters * jitter_ms);
    if (highest_ms_ - lowest_ms_ < flat) return DrainVerdict::kLongerPath;
    const double high = std::max(kCompetitorMs, kCompetitorThresholds * threshold_ms);
    return highest_ms_ > high ? DrainVerdict::kCompetitor : DrainVerdict::kNone;
  }

  std::optional<Instant> since_;
  std::optional<Instant> until_;
  Instant watch_from_;
  double before_ms_ = 0;
  double lowest_ms_ = 0;
  double highest_ms_ = 0;
};

}  // namespace conclave::media
