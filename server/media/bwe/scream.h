// SCReAM v2 as libwebrtc has it (modules/congestion_controller/scream): the second yardstick.
#pragma once

#include <span>

#include "media/bwe/bandwidth_controller.h"
#include "media/bwe/delay_signals.h"
#include "media/bwe/in_flight.h"
#include "media/bwe/reference_window.h"

namespace conclave::media {

class ScreamController final : public BandwidthController {
 public:
  explicit ScreamController(const BandwidthConfig& config);

  void OnSent(const SentPacket& packet) override { in_flight_.OnSent(packet); }
  void OnFeedback(std::span<const PacketResult> results, Instant now) override;
  void OnDeadline(Instant now) override;
  Instant NextDeadline() const override { return next_deadline_; }
  void SetDesired(DataRate desired, Instant now) override;
  void OnRouteChange(Instant now) override;
  SendPlan plan() const override;
  void TakeProbes(std::vector<ProbeCluster>&) override {}

 private:
  struct Marks {
    double acked_bytes = 0;
    int packets = 0;
    int marked = 0;
    int lost = 0;
  };

  Marks Count(std::span<const PacketResult> results);
  bool DelayCongested() const;
  double MaxAllowed() const;
  void UpdateLossLevel(Instant now);
  void UpdateMarking(const Marks& marks);
  bool React(const Marks& marks, Instant now);
  void UpdateDrain(Instant now);
  void UpdateTarget();
  double RoundMs() const { return signals_.rtt_ms() + signals_.hold_ms(); }

  BandwidthConfig config_;
  DelaySignals signals_{DriftGuard::kOff};
  InFlight in_flight_;
  ReferenceWindow window_;
  Instant next_deadline_;
  double desired_bps_ = 0;
  double target_bps_;
  Instant round_began_;
  double loss_level_ = 0;
  bool lost_in_period_ = false;
  Instant loss_period_began_;
  int outstanding_losses_ = 0;
  double marking_ = 0;
  std::optional<Instant> congested_at_;
  std::optional<Instant> queue_since_;
  std::optional<Instant> drain_until_;
  std::optional<Instant> first_feedback_;
  Instant now_;
};

}  // namespace conclave::media
