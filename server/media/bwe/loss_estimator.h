// The loss-based rate: which bandwidth explains the losses best, next to a loss that is inherent to
// the path (libwebrtc, loss_based_bwe_v2). From transport feedback only, never from receiver
// reports: those also count what was lost before it reached us. Rates are in bits per second.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

enum class LossState : uint8_t { kDelayBased, kIncreaseUsingPadding, kDecreasing };

class LossEstimator {
 public:
  explicit LossEstimator(double min_bps, double max_bps) : min_bps_(min_bps), max_bps_(max_bps) {}

  // `delay_bps` is the delay-based estimate, which this one does not exceed.
  void OnFeedback(std::span<const PacketResult> results, std::optional<double> acked_bps,
                  double delay_bps, bool application_limited, Instant now);
  // A better source knows the rate: history is forgotten.
  void Reset(double bps);

  bool ready() const;
  double bps() const { return bps_; }
  LossState state() const { return state_; }
  // Average loss of bytes over the window, outliers left out.
  double average_loss() const { return average_loss_; }

 private:
  struct Observation {
    double bytes = 0;
    double lost_bytes = 0;
    double send_bps = 0;
  };
  struct Model {
    double bps = 0;
    double inherent = 0.01;
  };

  bool Observe(std::span<const PacketResult> results);
  void UpdateAverageLoss();
  double Bias(double bps) const;
  double Objective(const Model& model) const;
  double NewtonStep(const Model& model) const;
  Model Best(std::optional<double> acked_bps, double delay_bps, bool application_limited,
             Instant now) const;
  void Adopt(Model best, std::optional<double> acked_bps, double delay_bps, Instant now);
  double IncreaseLimit(std::optional<double> acked_bps, Instant now);
  void ChangeState(double before, double delay_bps, Instant now);

  double min_bps_;
  double max_bps_;
  static constexpr size_t kWindow = 15;
  // Requires i < observations_. The newest is 0.
  const Observation& Observed(size_t i) const {
    return window_[(next_ + kWindow - 1 - i) % kWindow];
  }

  std::array<Observation, kWindow> window_;
  size_t next_ = 0;
  size_t observations_ = 0;
  Observation partial_;
  std::optional<Instant> partial_since_;
  double average_loss_ = 0;
  std::optional<Model> current_;
  double bps_ = 1e12;
  LossState state_ = LossState::kDelayBased;
  std::optional<Instant> limited_since_;
  double limited_from_bps_ = 0;
  Instant hold_until_;
  Duration hold_ = Duration::Millis(300);
  double hold_bps_ = 1e12;
  Instant raised_;
  // When padding was last asked for.
  std::optional<Instant> padded_;
};

}  // namespace conclave::media
