#include "media/bwe/scream.h"

#include <algorithm>

namespace conclave::media {
namespace {

// All values as in scream_v2_parameters.cc.
constexpr double kVirtualRttMs = 25;
constexpr double kQueueTargetMs = 60;
constexpr double kLossFactor = 0.7;
constexpr double kComfortMs = 10;
constexpr double kHeadroom = 1.1;
constexpr double kPacing = 1.1;
constexpr double kStandingQueueMs = 5;
constexpr Duration kStandingQueue = Duration::Seconds(20);
constexpr double kDrainFactor = 0.5;
constexpr Duration kStartPadding = Duration::Seconds(6);
constexpr int64_t kPaddingPeriodUs = 6'000'000;
constexpr Duration kPaddingQuiet = Duration::Seconds(1);
constexpr Duration kTick = Duration::Millis(100);
constexpr double kCongestionForgetRtts = 100;

Duration FromMs(double ms) { return Duration::Micros(static_cast<int64_t>(ms * 1000)); }

}  // namespace

ScreamController::ScreamController(const BandwidthConfig& config)
    : config_(config), target_bps_(static_cast<double>(config.start.bps())) {}

void ScreamController::SetDesired(DataRate desired, Instant now) {
  desired_bps_ = static_cast<double>(desired.bps());
  if (next_deadline_ == Instant()) next_deadline_ = now + kTick;
}

void ScreamController::OnDeadline(Instant now) {
  now_ = now;
  next_deadline_ = now + kTick;
}

void ScreamController::OnRouteChange(Instant) { signals_.Restart(); }

bool ScreamController::DelayCongested() const {
  return signals_.queue_average_ms() > kQueueTargetMs / 2;
}

double ScreamController::MaxAllowed() const {
  return ReferenceWindow::kSegment + kHeadroom * static_cast<double>(in_flight_.most());
}

ScreamController::Marks ScreamController::Count(std::span<const PacketResult> results) {
  Marks marks;
  for (const PacketResult& result : results) {
    if (result.recovered) {
      if (--outstanding_losses_ <= 0) {
        outstanding_losses_ = 0;
        loss_level_ = 0;
      }
      continue;
    }
    ++marks.packets;
    if (result.congestion_experienced) {
      ++marks.marked;
    } else {
      marks.acked_bytes += result.packet.size_bytes;
    }
    if (!result.received) {
      ++marks.lost;
      ++outstanding_losses_;
    }
  }
  return marks;
}

void ScreamController::UpdateLossLevel(Instant now) {
  if (now - loss_period_began_ < FromMs(std::max(signals_.rtt_ms(), kVirtualRttMs))) return;
  loss_period_began_ = now;
  loss_level_ = std::clamp(loss_level_ + (lost_in_period_ ? 1.0 / 3 : -0.5), 0.0, 1.0);
  if (!lost_in_period_) outstanding_losses_ = 0;
  lost_in_period_ = false;
}

void ScreamController::UpdateMarking(const Marks& marks) {
  if (marks.packets == 0) return;
  const double fraction = static_cast<double>(marks.marked) / marks.packets;
  const double gain = fraction > marking_ ? 1.0 / 8 : 1.0 / 128;
  marking_ += gain * (fraction - marking_);
}

bool ScreamController::React(const Marks& marks, Instant now) {
  const Duration interval = FromMs(std::min(signals_.rtt_ms(), kVirtualRttMs));
  if (window_.reacted() && now - *window_.reacted() < interval) return false;
  const bool loss = marks.lost > 0 && (loss_level_ >= 1 - 1e-9 || DelayCongested());
  if (!loss && marks.marked == 0 && !DelayCongested()) return false;
  // The branch that libwebrtc's order of assignments cannot reach: after a long quiet time the
  // window says nothing.
  const Duration quiet = FromMs(kCongestionForgetRtts * signals_.rtt_ms());
  if (congested_at_ && now - *congested_at_ > quiet) {
    window_.Set(std::min(window_.bytes(), static_cast<double>(in_flight_.most())));
    if (marks.marked > 0) marking_ = 0.25;
  }
  congested_at_ = now;
  const double per_rtt = std::max(1.0, signals_.rtt_ms() / kVirtualRttMs);
  if (loss) window_.Decrease(kLossFactor, now);
  if (marks.marked > 0) {
    double backoff = marking_ / 2 / per_rtt;
    if (!DelayCongested()) {
      backoff *= std::max(0.25, window_.Closeness()) *
                 ReferenceWindow::Comfort(signals_.queue_floor_ms(), kComfortMs);
    }
    window_.Decrease(1 - backoff, now);
  } else if (DelayCongested()) {
    const double half = kQueueTargetMs / 2;
    const double alpha = std::clamp((signals_.queue_average_ms() - half) / half, 0.0, 1.0);
    window_.Decrease(1 - alpha / 2 / per_rtt, now);
  }
  return true;
}

void ScreamController::OnFeedback(std::span<const PacketResult> results, Instant now) {
  now_ = now;
  in_flight_.OnFeedback(results);
  const bool first = !signals_.ready();
  const Marks marks = Count(results);
  lost_in_period_ = lost_in_period_ || marks.lost > 0;
  if (!signals_.OnFeedback(results, MaxAllowed() < window_.bytes(), now)) return;
  if (first) {
    first_feedback_ = now;
    window_.Set(target_bps_ / 8 * RoundMs() / 1000);
  }
  if (now - round_began_ >= FromMs(signals_.rtt_ms())) {
    round_began_ = now;
    in_flight_.NextRound();
  }
  UpdateLossLevel(now);
  UpdateMarking(marks);
  const double before = window_.bytes();
  const bool reacted = React(marks, now);
  if ((marks.marked == 0 && loss_level_ < 0.01 && !DelayCongested()) || reacted) {
    double caution = ReferenceWindow::Comfort(signals_.queue_floor_ms(), kComfortMs) *
                     ReferenceWindow::Comfort(signals_.spread_ms(), kComfortMs);
    const double ratio = RoundMs() / kVirtualRttMs;
    if (ratio < 1) caution *= ratio * ratio;
    window_.Increase(marks.acked_bytes, caution, signals_.rtt_ms(), MaxAllowed(), now);
  }
  if (window_.bytes() < before) window_.GoOnDecreasing();
  UpdateDrain(now);
  UpdateTarget();
}

void ScreamController::UpdateDrain(Instant now) {
  if (drain_until_) {
    if (now < *drain_until_) return;
    drain_until_.reset();
    queue_since_.reset();
    signals_.Rebase();
    return;
  }
  if (signals_.queue_ms() <= kStandingQueueMs) {
    queue_since_.reset();
    return;
  }
  if (!queue_since_) queue_since_ = now;
  if (now - *queue_since_ < kStandingQueue) return;
  drain_until_ = now + std::max(Duration::Millis(100), FromMs(5 * signals_.rtt_ms()));
}

void ScreamController::UpdateTarget() {
  const double packets = std::min(1.0, ReferenceWindow::kSegment / window_.bytes());
  const double reserve = std::clamp(packets - 0.1, 0.0, 0.2);
  target_bps_ = (1 - reserve) * window_.bytes() * 8 / (RoundMs() / 1000);
  if (drain_until_) target_bps_ *= kDrainFactor;
  target_bps_ = std::clamp(target_bps_, static_cast<double>(config_.min.bps()),
                           static_cast<double>(config_.max.bps()));
}

SendPlan ScreamController::plan() const {
  SendPlan plan;
  plan.target = DataRate::Bps(static_cast<int64_t>(target_bps_));
  plan.pacing = DataRate::Bps(static_cast<int64_t>(target_bps_ * kPacing));
  if (!signals_.ready()) return plan;
  const double comfort =
      std::max(0.0, std::min(1.0, 1.2 * (kComfortMs - signals_.queue_floor_ms()) / kComfortMs));
  plan.window_bytes = static_cast<int64_t>(window_.bytes() * (1.5 + 1.5 * comfort));
  const bool starting = now_ - *first_feedback_ < kStartPadding;
  const bool on = now_.us() % kPaddingPeriodUs < kPaddingPeriodUs / 2;
  const bool quiet = !window_.reacted() || now_ - *window_.reacted() > kPaddingQuiet;
  const bool wanted = target_bps_ < desired_bps_;
  if (quiet && wanted && (starting || on)) plan.padding = plan.target;
  return plan;
}

}  // namespace conclave::media
