// Finds out whose a standing queue is, by sending half for a moment: ours falls, that of a longer
// path stays flat, that of a loss-based flow keeps moving.
#pragma once

#include <optional>

#include "base/time.h"

namespace conclave::media {

enum class QueueOwner : uint8_t { kNone, kOurs, kLongerPath, kCompetitor };

class QueueTrial {
 public:
  bool running() const { return until_.has_value(); }
  // The queue is long, but perhaps not yet for long enough.
  bool standing() const { return since_.has_value(); }
  bool StandsFor(Duration span, Instant now) const { return since_ && now - *since_ >= span; }
  // After a competitor was found, the next test is not before this long.
  static constexpr Duration kRetest = Duration::Seconds(12);

  // From this queue on it stands, both in milliseconds.
  static double StandingMs(double threshold_ms);

  // One feedback's queue, in milliseconds. `threshold_ms` is what the controller takes for
  // congestion. Starts the test itself where the queue stands.
  QueueOwner Update(double queue_ms, double average_ms, double rtt_ms, double threshold_ms,
                    double jitter_ms, Instant now);
  void Stop() {
    until_.reset();
    since_.reset();
  }

 private:
  QueueOwner Watch(double queue_ms, double threshold_ms, double jitter_ms, Instant now);

  std::optional<Instant> since_;
  std::optional<Instant> until_;
  Instant watch_from_;
  double before_ms_ = 0;
  double lowest_ms_ = 0;
  double highest_ms_ = 0;
  std::optional<double> previous_ms_;
};

}  // namespace conclave::media
