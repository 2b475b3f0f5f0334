// For peers whose receivers estimate themselves (REMB, draft-alvestrand-rmcat-remb-03), and for
// those that stop sending transport feedback, as Firefox did for VP9: what they say is then all
// there is. Beside transport feedback it is no limit: without probes it never exceeds 1.5 times of
// what is being sent, so that what is low would stay low.
#pragma once

#include <algorithm>
#include <optional>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class RembFallback {
 public:
  explicit RembFallback(const BandwidthConfig& config) : config_(config) {}

  // Something that the peer would report on left.
  void OnSent(Instant now) {
    if (!unanswered_) unanswered_ = now;
  }
  void OnTransportFeedback() { unanswered_.reset(); }
  void OnRemb(DataRate rate, Instant now) {
    remb_ = std::clamp(rate, config_.min, config_.max);
    remb_at_ = now;
  }
  // For how long transport feedback would have been due.
  Duration silence(Instant now) const { return unanswered_ ? now - *unanswered_ : Duration(); }
  // The peer sends no transport feedback, or no longer.
  bool active(Instant now) const { return silence(now) > kSilence; }
  // What the peer says, unless that is old.
  std::optional<DataRate> remb(Instant now) const {
    return remb_ && now - remb_at_ <= kFresh ? remb_ : std::nullopt;
  }

  // What to make of the controller's plan: without transport feedback, the peer's own limit, with
  // no window, which nothing would ever open again.
  SendPlan Apply(SendPlan plan, Instant now) const {
    if (!active(now)) return plan;
    plan.window_bytes = 0;
    // Nobody tells anything: what was safe to start with.
    plan.target = remb(now).value_or(std::min(config_.start, plan.target));
    plan.pacing = DataRate::Bps(plan.target.bps() * kPacingBlind / kPercent);
    plan.padding = std::min(plan.padding, plan.target);
    return plan;
  }

 private:
  // libwebrtc sends feedback at least each 250 ms: this is no loss of single reports.
  static constexpr Duration kSilence = Duration::Seconds(2);
  // Browsers repeat REMB each second; some reports get lost.
  static constexpr Duration kFresh = Duration::Seconds(5);
  static constexpr int64_t kPercent = 100;
  // As libwebrtc: nobody sees the queue that slower pacing would build up before the network.
  static constexpr int64_t kPacingBlind = 250;

  BandwidthConfig config_;
  // When the first packet left that no feedback came after.
  std::optional<Instant> unanswered_;
  std::optional<DataRate> remb_;
  Instant remb_at_;
};

}  // namespace conclave::media
