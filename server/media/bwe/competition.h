// While a loss-based flow owns the queue: how long that lasts.
#pragma once

#include <algorithm>
#include <optional>

#include "base/time.h"
#include "media/bwe/queue_trial.h"

namespace conclave::media {

class Competition {
 public:
  bool active() const { return active_; }
  void Begin(Instant now) {
    if (!active_) highest_ms_ = 0;
    active_ = true;
    low_since_.reset();
    began_ = now;
  }
  void End() { active_ = false; }
  // Each so often, whose the queue is must be asked again.
  bool TestDue(Instant now) const { return now - began_ >= QueueTrial::kRetest; }

  // One feedback. A competitor that was there a moment ago is taken to be back as soon as the queue
  // stands again: the trial may have met it in the dip of its sawtooth, and waiting for another one
  // would give everything away.
  void Watch(const QueueTrial& trial, Instant now) {
    const bool recent = last_active_ && now - *last_active_ < kReturns;
    if (!active_ && recent && !trial.running() && trial.StandsFor(kStandsAgain, now)) Begin(now);
    if (active_) last_active_ = now;
  }
  // One feedback's queue while active. Ends where the queue is gone.
  void OnQueue(double queue_ms, Instant now) {
    highest_ms_ = std::max(highest_ms_, queue_ms);
    if (queue_ms >= std::max(kLowMs, highest_ms_ / 4)) {
      low_since_.reset();
    } else if (!low_since_) {
      low_since_ = now;
    } else if (now - *low_since_ >= kLow) {
      active_ = false;
    }
  }

 private:
  static constexpr double kLowMs = 25;
  static constexpr Duration kLow = Duration::Seconds(1);
  static constexpr Duration kReturns = Duration::Seconds(10);
  static constexpr Duration kStandsAgain = Duration::Millis(500);

  bool active_ = false;
  double highest_ms_ = 0;
  std::optional<Instant> low_since_;
  Instant began_;
  std::optional<Instant> last_active_;
};

}  // namespace conclave::media
