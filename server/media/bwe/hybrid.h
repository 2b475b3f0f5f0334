// The product's controller: SCReAM's self-clocked window with GCC's probes and inherent-loss model,
// thresholds that follow the path's jitter, a test of whose a standing queue is, and a guard
// against drifting clocks. docs/bandwidth-estimation.md says why.
#pragma once

#include <optional>
#include <span>

#include "media/bwe/arrival_rate.h"
#include "media/bwe/available_rate.h"
#include "media/bwe/bandwidth_controller.h"
#include "media/bwe/competition.h"
#include "media/bwe/congestion_episode.h"
#include "media/bwe/delay_signals.h"
#include "media/bwe/flat_delay.h"
#include "media/bwe/in_flight.h"
#include "media/bwe/loss_estimator.h"
#include "media/bwe/loss_origin.h"
#include "media/bwe/policer_detector.h"
#include "media/bwe/probe_result.h"
#include "media/bwe/prober.h"
#include "media/bwe/queue_trial.h"
#include "media/bwe/rate_memory.h"
#include "media/bwe/reference_window.h"
#include "media/bwe/throughput.h"

namespace conclave::media {

// What the hybrid consists of, to be left out one by one where it is measured what each is good
// for.
struct HybridParts {
  bool jitter_threshold = true;
  bool drift_guard = true;
  bool available_rate = true;
  bool delay_floor = true;
  bool restore = true;
  bool recovery = true;
  bool queue_trial = true;
  bool policer = true;
  bool loss_origin = true;
  bool loss_floor = true;
  bool evidence = true;
  bool step = true;
  bool flat_delay = true;
};

class HybridController final : public BandwidthController {
 public:
  explicit HybridController(const BandwidthConfig& config, HybridParts parts = {});

  void OnSent(const SentPacket& packet) override;
  void OnFeedback(std::span<const PacketResult> results, Instant now) override;
  void OnDeadline(Instant now) override;
  Instant NextDeadline() const override { return next_deadline_; }
  void SetDesired(DataRate desired, Instant now) override;
  void SetNextStep(DataRate step) override {
    if (parts_.step) step_bps_ = static_cast<double>(step.bps());
  }
  void OnRouteChange(Instant now) override;
  SendPlan plan() const override;
  void TakeProbes(std::vector<ProbeCluster>& out) override;

 private:
  double RoundMs() const { return signals_.rtt_ms() + signals_.hold_ms(); }
  double WindowFor(double bps) const { return bps / 8 * RoundMs() / 1000; }
  double ThresholdMs() const;
  bool DelayCongested() const { return signals_.queue_average_ms() > ThresholdMs(); }
  double MaxAllowed() const;
  // The same for growth without a probe: no further than a little above what gets through.
  double GrowthLimit() const;
  // The part of what is sent that does not arrive, for no reason of ours.
  double RandomLoss() const;
  // Longer is a queue, if perhaps a harmless one.
  double ShortQueueMs() const;
  ProberFacts Facts(Instant now) const;

  // The window for the target, by the first round trip of a path.
  void Begin();
  // True where the feedback is only about packets that were sent into an outage.
  bool AfterSilence(std::span<const PacketResult> results, Instant now);
  void OnProbe(double bps, Instant now);
  void TrackEpisode(Instant now);
  void OnCongestion(Instant now);
  void React(bool lost, Instant now);
  void DropFast(Instant now);
  // By `factor`, but no lower than `floor` of what arrives: that gets through.
  void Decrease(double factor, double floor, Instant now);
  double DelayFloor() const;
  // After a congestion whose queue is gone: back to nearly what arrived during it.
  void Restore(Instant now);
  void Grow(double acked_bytes, Instant now);
  void Compete(bool lost, double acked_bytes, Instant now);
  // Rebases where the delay says so by itself.
  void JudgePath(bool lost, Instant now);
  void Judge(QueueOwner verdict, Instant now);
  bool LossLimits() const;
  // Losses limit the target no further: what got through when they began; all, once it is known
  // that they do not depend on what is sent.
  double LossFloor();
  double InBounds(double bps) const;
  void UpdateTarget();

  // First, and by themselves, those that OnSent touches.
  InFlight in_flight_;
  // The first packet sent after last_feedback_.
  std::optional<Instant> unanswered_since_;

  BandwidthConfig config_;
  HybridParts parts_;
  DelaySignals signals_;
  ReferenceWindow window_;
  Throughput throughput_;
  ArrivalRate arrivals_;
  PolicerDetector policer_;
  ProbeResults probe_results_;
  Prober prober_;
  LossEstimator loss_;
  LossOrigin loss_origin_;
  // What got through when losses began to limit the target.
  double through_lossy_bps_ = 0;
  QueueTrial drain_;
  FlatDelay flat_;
  Competition competition_;
  AvailableRate available_;

  Instant next_deadline_;
  // To another path, of which nothing was heard yet.
  bool moved_ = false;
  double desired_bps_ = 0;
  double step_bps_ = 0;
  double target_bps_;
  double steady_bps_ = 0;
  Instant round_began_;
  std::optional<Instant> congested_;
  std::optional<Instant> loss_reacted_;
  // The targets of the last congestions.
  RateMemory before_drop_;
  int calm_feedbacks_ = 0;
  std::optional<Instant> last_feedback_;
  Instant silent_until_;
  // The target when the queue began to stand.
  double before_standing_bps_ = 0;
  // What arrived during the last congestion; zero once made use of.
  double share_bps_ = 0;
  CongestionEpisode episode_;
  Instant no_recovery_until_;
  // Bytes sent before the last congestion.
  uint64_t salt_ = 0;
};

}  // namespace conclave::media
