#include "media/bwe/trendline.h"

#include <algorithm>
#include <cmath>

namespace conclave::media {
namespace {

constexpr size_t kWindow = 20;
constexpr double kSmoothing = 0.9;
constexpr double kGain = 4;
constexpr int kDeltasCounted = 60;
constexpr int kDeltasMax = 1000;
constexpr double kThresholdUp = 0.0087;
constexpr double kThresholdDown = 0.039;
constexpr double kThresholdMin = 6;
constexpr double kThresholdMax = 600;
// A jump beyond this is an outlier that the threshold must not follow.
constexpr double kAdaptMax = 15;
constexpr double kOverMs = 10;

}  // namespace

void Trendline::OnDelta(const GroupDelta& delta) {
  if (first_arrival_ == Instant::Never()) first_arrival_ = delta.arrival;
  deltas_ = std::min(deltas_ + 1, kDeltasMax);
  accumulated_ms_ += (delta.received - delta.sent).seconds() * 1000;
  smoothed_ms_ = kSmoothing * smoothed_ms_ + (1 - kSmoothing) * accumulated_ms_;
  const double arrival_ms = (delta.arrival - first_arrival_).seconds() * 1000;
  points_.push_back({arrival_ms, smoothed_ms_});
  if (points_.size() > kWindow) points_.pop_front();
  if (points_.size() == kWindow) trend_ = Slope();
  Detect(trend_, delta.sent.seconds() * 1000, arrival_ms);
}

double Trendline::Slope() const {
  double mean_x = 0;
  double mean_y = 0;
  for (const Point& point : points_) {
    mean_x += point.arrival_ms / static_cast<double>(points_.size());
    mean_y += point.smoothed_ms / static_cast<double>(points_.size());
  }
  double numerator = 0;
  double denominator = 0;
  for (const Point& point : points_) {
    numerator += (point.arrival_ms - mean_x) * (point.smoothed_ms - mean_y);
    denominator += (point.arrival_ms - mean_x) * (point.arrival_ms - mean_x);
  }
  return denominator > 0 ? numerator / denominator : trend_;
}

void Trendline::Detect(double trend, double sent_ms, double arrival_ms) {
  if (deltas_ < 2) return;
  const double modified = std::min(deltas_, kDeltasCounted) * trend * kGain;
  if (modified > threshold_) {
    over_for_ms_ = over_for_ms_ < 0 ? sent_ms / 2 : over_for_ms_ + sent_ms;
    ++over_count_;
    if (over_for_ms_ > kOverMs && over_count_ > 1 && trend >= previous_trend_) {
      over_for_ms_ = 0;
      over_count_ = 0;
      usage_ = Usage::kOver;
    }
  } else {
    over_for_ms_ = -1;
    over_count_ = 0;
    usage_ = modified < -threshold_ ? Usage::kUnder : Usage::kNormal;
  }
  previous_trend_ = trend;
  Adapt(modified, arrival_ms);
}

void Trendline::Adapt(double modified, double arrival_ms) {
  const double size = std::abs(modified);
  const double elapsed = adapted_at_ms_ < 0 ? 0 : std::min(arrival_ms - adapted_at_ms_, 100.0);
  adapted_at_ms_ = arrival_ms;
  if (size > threshold_ + kAdaptMax) return;
  const double gain = size < threshold_ ? kThresholdDown : kThresholdUp;
  threshold_ += gain * (size - threshold_) * elapsed;
  threshold_ = std::clamp(threshold_, kThresholdMin, kThresholdMax);
}

}  // namespace conclave::media
