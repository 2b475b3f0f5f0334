// For peers whose receivers estimate themselves (REMB, draft-alvestrand-rmcat-remb-03), and for
// those that stop sending transport feedback, as Firefox does for VP9: what they say is then all
// there is.
#pragma once

#include <algorithm>
#include <optional>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class RembFallback {
 public:
  explicit RembFallback(const BandwidthConfig& config) : config_(config) {}

  void OnSent(Instant now) {
    if (!sending_since_) sending_since_ = now;
  }
  void OnTransportFeedback(Instant now) { feedback_ = now; }
  void OnRemb(DataRate rate, Instant now) {
    remb_ = std::clamp(rate, config_.min, config_.max);
    remb_at_ = now;
  }
  // The peer sends no transport feedback, or no longer.
  bool active(Instant now) const {
    if (!sending_since_) return false;
    return now - std::max(*sending_since_, feedback_.value_or(*sending_since_)) > kSilence;
  }

  // What to make of the controller's plan: below the peer's own limit; and without transport
  // feedback, just that limit, with no window, which nothing would ever open again.
  SendPlan Apply(SendPlan plan, Instant now) const {
    const bool fresh = remb_ && now - remb_at_ <= kFresh;
    if (!active(now)) {
      if (fresh && *remb_ < plan.target) Limit(plan, *remb_, kPacing);
      return plan;
    }
    plan.window_bytes = 0;
    // Nobody tells anything: what was safe to start with.
    Limit(plan, fresh ? *remb_ : std::min(config_.start, plan.target), kPacingBlind);
    return plan;
  }

 private:
  // libwebrtc sends feedback at least each 250 ms: this is no loss of single reports.
  static constexpr Duration kSilence = Duration::Seconds(2);
  // Browsers repeat REMB each second; some reports get lost.
  static constexpr Duration kFresh = Duration::Seconds(5);
  static constexpr int64_t kPercent = 100;
  static constexpr int64_t kPacing = 110;
  // As libwebrtc: nobody sees the queue that slower pacing would build up before the network.
  static constexpr int64_t kPacingBlind = 250;

  static void Limit(SendPlan& plan, DataRate rate, int64_t pacing_percent) {
    plan.target = rate;
    plan.pacing = DataRate::Bps(rate.bps() * pacing_percent / kPercent);
    plan.padding = std::min(plan.padding, rate);
  }

  BandwidthConfig config_;
  std::optional<Instant> sending_since_;
  std::optional<Instant> feedback_;
  std::optional<DataRate> remb_;
  Instant remb_at_;
};

}  // namespace conclave::media
