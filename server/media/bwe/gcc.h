// Google congestion control as browsers run it (libwebrtc M150, goog_cc): the yardstick.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "media/bwe/aimd.h"
#include "media/bwe/alr_detector.h"
#include "media/bwe/bandwidth_controller.h"
#include "media/bwe/inter_arrival.h"
#include "media/bwe/loss_estimator.h"
#include "media/bwe/probe_planner.h"
#include "media/bwe/probe_result.h"
#include "media/bwe/throughput.h"
#include "media/bwe/trendline.h"

namespace conclave::media {

class GccController final : public BandwidthController {
 public:
  explicit GccController(const BandwidthConfig& config);

  void OnSent(const SentPacket& packet) override;
  void OnFeedback(std::span<const PacketResult> results, Instant now) override;
  void OnDeadline(Instant now) override;
  Instant NextDeadline() const override { return next_deadline_; }
  void SetDesired(DataRate desired, Instant now) override;
  void OnRouteChange(Instant now) override;
  SendPlan plan() const override;
  void TakeProbes(std::vector<ProbeCluster>& out) override;

 private:
  void UpdateRtt(std::span<const PacketResult> results, Instant now);
  void UpdateDelayBased(std::span<const PacketResult> results, std::optional<double> probe_bps,
                        Instant now);
  void UpdateWindow();
  void BackOffFromRtt(Instant now);
  ProbeContext Context() const;

  BandwidthConfig config_;
  double desired_bps_ = 0;
  double target_bps_;
  Instant next_deadline_;
  bool started_ = false;

  Throughput throughput_;
  ProbeResults probe_results_;
  ProbePlanner probes_;
  AlrDetector alr_;
  InterArrival groups_;
  Trendline trendline_;
  Usage usage_ = Usage::kNormal;
  Aimd aimd_;
  LossEstimator loss_;

  // Of the last feedbacks, propagation round trips, the largest of each; seconds.
  std::deque<double> rtts_;
  double last_rtt_s_ = 0.2;
  std::optional<Instant> last_feedback_;
  Instant last_backoff_;
  bool rtt_backoff_ = false;
  // Congestion-window pushback.
  int64_t outstanding_bytes_ = 0;
  int64_t acked_sequence_ = -1;
  struct OnTheWay {
    int64_t sequence;
    int size_bytes;
  };
  std::deque<OnTheWay> on_the_way_;
  double window_bytes_ = 0;
  double pushback_ = 1;
};

}  // namespace conclave::media
