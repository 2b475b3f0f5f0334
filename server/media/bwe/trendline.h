// Whether the queue grows: a line through the smoothed delays of the last groups, and a threshold
// that adapts (libwebrtc, trendline_estimator).
#pragma once

#include <deque>

#include "media/bwe/inter_arrival.h"

namespace conclave::media {

enum class Usage : uint8_t { kNormal, kOver, kUnder };

class Trendline {
 public:
  void OnDelta(const GroupDelta& delta);
  Usage usage() const { return usage_; }

 private:
  struct Point {
    double arrival_ms;
    double smoothed_ms;
  };

  double Slope() const;
  void Detect(double trend, double sent_ms, double arrival_ms);
  void Adapt(double modified, double arrival_ms);

  std::deque<Point> points_;
  Instant first_arrival_ = Instant::Never();
  int deltas_ = 0;
  double accumulated_ms_ = 0;
  double smoothed_ms_ = 0;
  double trend_ = 0;
  double previous_trend_ = 0;
  double threshold_ = 12.5;
  double adapted_at_ms_ = -1;
  double over_for_ms_ = -1;
  int over_count_ = 0;
  Usage usage_ = Usage::kNormal;
};

}  // namespace conclave::media
