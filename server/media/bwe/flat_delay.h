// Tells a longer path from a queue without sending any less: a delay that came at once and then
// stays as it is. What one sends comes in bursts, and is cut as soon as the delay is seen, so a
// queue that one has a part in moves within a round trip; one that does not is none of ours, and no
// reason to send less.
#pragma once

#include <algorithm>
#include <optional>

#include "base/time.h"

namespace conclave::media {

class FlatDelay {
 public:
  // One feedback: its queue above the lowest delay known, from where on a queue stands, the present
  // round trip and the path's jitter, all in milliseconds. `lost`: some of its packets were lost,
  // as a full buffer does. True once where the path is longer.
  bool Update(double queue_ms, double standing_ms, double rtt_ms, double jitter_ms, bool lost,
              Instant now) {
    if (queue_ms < standing_ms || lost) {
      since_.reset();
      return false;
    }
    const double flat = std::max(kFlatMs, kFlatJitters * jitter_ms);
    const double lowest = std::min(lowest_ms_, queue_ms);
    const double highest = std::max(highest_ms_, queue_ms);
    if (!since_ || highest - lowest > flat) {
      since_ = now;
      lowest_ms_ = highest_ms_ = queue_ms;
      feedbacks_ = 1;
      return false;
    }
    lowest_ms_ = lowest;
    highest_ms_ = highest;
    ++feedbacks_;
    const Duration span = kSpan + Duration::Micros(static_cast<int64_t>(rtt_ms * 1000));
    if (feedbacks_ < kFeedbacks || now - *since_ < span) return false;
    since_.reset();
    return true;
  }

 private:
  // One packet on a link of 3 Mbps: a queue there moves by no less.
  static constexpr double kFlatMs = 3;
  static constexpr double kFlatJitters = 1.5;
  static constexpr int kFeedbacks = 6;
  // Beside a round trip, in which the first cut takes effect.
  static constexpr Duration kSpan = Duration::Millis(300);

  std::optional<Instant> since_;
  double lowest_ms_ = 0;
  double highest_ms_ = 0;
  int feedbacks_ = 0;
};

}  // namespace conclave::media
