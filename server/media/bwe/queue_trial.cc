#include "media/bwe/queue_trial.h"

#include <algorithm>

namespace conclave::media {
namespace {

constexpr double kStandingMs = 50;
constexpr double kStandingFactor = 1.3;
constexpr double kFell = 0.6;
constexpr double kFlatMs = 8;
constexpr double kFlatJitters = 2.5;
constexpr double kCompetitorMs = 70;
constexpr double kCompetitorThresholds = 1.75;

Duration Ms(double ms) { return Duration::Micros(static_cast<int64_t>(ms * 1000)); }

}  // namespace

double QueueTrial::StandingMs(double threshold_ms) {
  return std::max(kStandingMs, kStandingFactor * threshold_ms);
}

QueueOwner QueueTrial::Update(double queue_ms, double average_ms, double rtt_ms,
                              double threshold_ms, double jitter_ms, Instant now) {
  if (running()) return Watch(queue_ms, threshold_ms, jitter_ms, now);
  if (average_ms <= StandingMs(threshold_ms)) {
    since_.reset();
    return QueueOwner::kNone;
  }
  if (!since_) since_ = now;
  if (now - *since_ < Ms(1000 + 2 * rtt_ms)) return QueueOwner::kNone;
  before_ms_ = average_ms;
  lowest_ms_ = 1e9;
  highest_ms_ = 0;
  previous_ms_.reset();
  watch_from_ = now + Ms(rtt_ms);
  until_ = now + Ms(300 + 1.5 * rtt_ms + queue_ms);
  return QueueOwner::kNone;
}

QueueOwner QueueTrial::Watch(double queue_ms, double threshold_ms, double jitter_ms, Instant now) {
  if (now >= watch_from_) {
    lowest_ms_ = std::min(lowest_ms_, queue_ms);
    // A single long one is a machine that stood still for a moment.
    if (previous_ms_) highest_ms_ = std::max(highest_ms_, std::min(queue_ms, *previous_ms_));
    previous_ms_ = queue_ms;
  }
  if (now < *until_) return QueueOwner::kNone;
  Stop();
  if (lowest_ms_ < kFell * before_ms_) return QueueOwner::kOurs;
  const double flat = std::max(kFlatMs, kFlatJitters * jitter_ms);
  if (highest_ms_ - lowest_ms_ < flat) return QueueOwner::kLongerPath;
  const double high = std::max(kCompetitorMs, kCompetitorThresholds * threshold_ms);
  return highest_ms_ > high ? QueueOwner::kCompetitor : QueueOwner::kNone;
}

}  // namespace conclave::media
