#include "media/bwe/gcc.h"

#include <algorithm>

namespace conclave::media {
namespace {

constexpr Duration kTick = Duration::Millis(25);
constexpr double kPacing = 1.1;
constexpr double kPacingAtStart = 2.5;
constexpr Duration kStreamTimeout = Duration::Seconds(2);
constexpr double kProbeFloor = 0.85;
constexpr double kRttLimit = 3;
constexpr double kRttDrop = 0.8;
constexpr Duration kRttDropInterval = Duration::Seconds(1);
constexpr double kRttFloor = 5'000;
constexpr size_t kRtts = 32;
constexpr double kQueueSeconds = 0.35;
constexpr double kWindowMin = 3000;
constexpr double kPushbackMin = 30'000;
// More than any path holds; older ones were lost with their feedback.
constexpr size_t kOnTheWayMax = 16384;

}  // namespace

GccController::GccController(const BandwidthConfig& config)
    : config_(config),
      target_bps_(static_cast<double>(config.start.bps())),
      aimd_(target_bps_, static_cast<double>(config.min.bps()),
            static_cast<double>(config.max.bps())),
      loss_(static_cast<double>(config.min.bps()), static_cast<double>(config.max.bps())) {
  alr_.SetEstimate(target_bps_);
}

ProbeContext GccController::Context() const {
  ProbeContext context;
  context.target_bps = target_bps_;
  context.desired_bps = desired_bps_;
  context.forbidden =
      usage_ != Usage::kNormal || rtt_backoff_ || loss_.state() != LossState::kDelayBased;
  context.alr_since = alr_.since();
  context.alr_ended = alr_.ended();
  return context;
}

void GccController::SetDesired(DataRate desired, Instant now) {
  const auto bps = static_cast<double>(desired.bps());
  const bool raised = bps > desired_bps_;
  desired_bps_ = bps;
  if (!started_ && bps > 0) {
    started_ = true;
    next_deadline_ = now;
    probes_.Start(target_bps_, desired_bps_, now);
  } else if (raised) {
    probes_.OnDesired(Context(), now);
  }
}

void GccController::OnSent(const SentPacket& packet) {
  alr_.OnSent(packet.size_bytes, packet.sent);
  outstanding_bytes_ += packet.size_bytes;
  on_the_way_.push_back({packet.sequence, packet.size_bytes});
  if (on_the_way_.size() > kOnTheWayMax) {
    outstanding_bytes_ -= on_the_way_.front().size_bytes;
    on_the_way_.pop_front();
  }
}

void GccController::UpdateRtt(std::span<const PacketResult> results, Instant now) {
  Instant last_arrival;
  for (const PacketResult& result : results) {
    if (result.received) last_arrival = std::max(last_arrival, result.arrival);
  }
  double feedback_rtt = 0;
  double propagation = 1e9;
  for (const PacketResult& result : results) {
    if (!result.received) continue;
    const double rtt = (now - result.packet.sent).seconds();
    feedback_rtt = std::max(feedback_rtt, rtt);
    propagation = std::min(propagation, rtt - (last_arrival - result.arrival).seconds());
  }
  if (propagation > 1e8) return;
  last_rtt_s_ = propagation;
  rtts_.push_back(feedback_rtt);
  if (rtts_.size() > kRtts) rtts_.pop_front();
  aimd_.SetRtt(Duration::Micros(static_cast<int64_t>(propagation * 1e6)));
}

void GccController::OnFeedback(std::span<const PacketResult> results, Instant now) {
  for (const PacketResult& result : results) {
    if (result.received) acked_sequence_ = std::max(acked_sequence_, result.packet.sequence);
  }
  while (!on_the_way_.empty() && on_the_way_.front().sequence <= acked_sequence_) {
    outstanding_bytes_ -= on_the_way_.front().size_bytes;
    on_the_way_.pop_front();
  }
  UpdateRtt(results, now);
  throughput_.OnFeedback(results);
  std::optional<double> probe = probe_results_.OnFeedback(results);
  const std::optional<double> acked = throughput_.bps();
  if (probe && acked) probe = std::max(*probe, std::min(aimd_.bps(), kProbeFloor * *acked));

  const Usage before = usage_;
  UpdateDelayBased(results, probe, now);
  if (probe) loss_.Reset(aimd_.bps());
  loss_.OnFeedback(results, acked, aimd_.bps(), alr_.since().has_value(), now);
  target_bps_ = loss_.ready() ? std::min(aimd_.bps(), loss_.bps()) : aimd_.bps();
  target_bps_ = std::max(target_bps_, static_cast<double>(config_.min.bps()));
  alr_.SetEstimate(target_bps_);
  last_feedback_ = now;
  probes_.OnEstimate(Context(), probe, now);
  if (before == Usage::kUnder && usage_ == Usage::kNormal) probes_.OnRecovered(Context(), now);
  UpdateWindow();
}

void GccController::UpdateDelayBased(std::span<const PacketResult> results,
                                     std::optional<double> probe_bps, Instant now) {
  if (last_feedback_ && now - *last_feedback_ > kStreamTimeout) {
    groups_ = InterArrival();
    trendline_ = Trendline();
  }
  bool over = false;
  for (const PacketResult& result : results) {
    if (!result.received) continue;
    // The detector has always seen whole milliseconds of arrival.
    const auto delta = groups_.OnPacket(result.packet.sent, result.arrival, now);
    if (!delta) continue;
    trendline_.OnDelta(*delta);
    over = over || trendline_.usage() == Usage::kOver;
  }
  usage_ = trendline_.usage();
  const std::optional<double> acked = throughput_.bps();
  if (usage_ == Usage::kOver) {
    if (aimd_.MayReduce(acked, now)) aimd_.Update(Usage::kOver, acked, now);
    return;
  }
  if (probe_bps) {
    aimd_.SetEstimate(*probe_bps, now);
    aimd_.capacity().OnProbe(*probe_bps);
    return;
  }
  aimd_.Update(usage_, acked, now);
}

void GccController::UpdateWindow() {
  if (rtts_.empty()) return;
  const double rtt = *std::min_element(rtts_.begin(), rtts_.end());
  const double window = std::max(kWindowMin, target_bps_ / 8 * (rtt + kQueueSeconds));
  window_bytes_ = window_bytes_ == 0 ? window : (window_bytes_ + window) / 2;
  const double fill = static_cast<double>(outstanding_bytes_) / window_bytes_;
  if (fill > 1.5) {
    pushback_ *= 0.9;
  } else if (fill > 1) {
    pushback_ *= 0.95;
  } else if (fill < 0.1) {
    pushback_ = 1;
  } else {
    pushback_ = std::min(1.0, pushback_ * 1.05);
  }
}

void GccController::BackOffFromRtt(Instant now) {
  // Without feedback the oldest packet on the way tells how long the round trip is at least.
  const double waiting = last_feedback_ ? (now - *last_feedback_).seconds() : 0;
  rtt_backoff_ = outstanding_bytes_ > 0 && waiting + last_rtt_s_ > kRttLimit;
  if (!rtt_backoff_ || now - last_backoff_ < kRttDropInterval) return;
  last_backoff_ = now;
  aimd_.SetEstimate(std::max(kRttFloor, kRttDrop * aimd_.bps()), now);
  target_bps_ = std::min(target_bps_, aimd_.bps());
}

void GccController::OnDeadline(Instant now) {
  next_deadline_ = now + kTick;
  BackOffFromRtt(now);
  probes_.OnDeadline(Context(), now);
}

void GccController::OnRouteChange(Instant now) {
  groups_ = InterArrival();
  trendline_ = Trendline();
  usage_ = Usage::kNormal;
  throughput_ = Throughput();
  rtts_.clear();
  loss_.Reset(target_bps_);
  aimd_.SetEstimate(target_bps_, now);
}

SendPlan GccController::plan() const {
  const double pushed = std::min(target_bps_, std::max(kPushbackMin, target_bps_ * pushback_));
  SendPlan plan;
  plan.target = DataRate::Bps(static_cast<int64_t>(pushed));
  const double factor = last_feedback_ ? kPacing : kPacingAtStart;
  plan.pacing = DataRate::Bps(static_cast<int64_t>(target_bps_ * factor));
  if (loss_.state() == LossState::kIncreaseUsingPadding) plan.padding = plan.target;
  return plan;
}

void GccController::TakeProbes(std::vector<ProbeCluster>& out) {
  const size_t before = out.size();
  probes_.Take(out);
  for (size_t i = before; i < out.size(); ++i) probe_results_.OnCluster(out[i]);
}

}  // namespace conclave::media
