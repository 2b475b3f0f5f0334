#include "media/bwe/hybrid.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace conclave::media {
namespace {

constexpr Duration kTick = Duration::Millis(25);
constexpr double kVirtualRttMs = 25;
constexpr double kThresholdMs = 28;
constexpr double kThresholdJitters = 1.2;
// Queue and spread of a comfortable path, beside its jitter.
constexpr double kComfortMs = 10;
constexpr double kFloorJitters = 2;
constexpr double kSpreadJitters = 4;
constexpr double kHeadroom = 1.1;
// A frame that leaves at once fills a window that a whole round of it would not: without more than
// this times what gets through there is no evidence for growth, and a probe is the way up.
constexpr double kEvidence = 1.35;
// Where little more than audio is sent there can be no evidence for the first picture either.
constexpr double kEvidenceLeastBps = 250'000;
// What is lost at random beyond this is not made up for.
constexpr double kRandomLossMax = 0.4;
// Loss is congestion only where the queue says so too.
constexpr double kLossQueue = 0.7;
constexpr double kLossBackoff = 0.2;
constexpr double kLossIntervalMs = 50;
// Where losses come with the queue alone, a short one is enough (CoDel's target), and gentler steps
// share the link with TCP.
constexpr double kShortQueueMs = 5;
constexpr double kManagedBackoff = 0.12;
constexpr double kCapLoss = 0.08;
// A policer passes this much without loss; to a lossy path it does no harm.
constexpr double kThroughLossy = 0.9;
// The queue is far too long: down to what gets through less a part, at once.
constexpr double kFarTooLong = 1.25;
// For that a single long feedback counts less than the average does.
constexpr double kFreshQueue = 0.7;
// The longer the queue, the less, so that it drains: a hundredth for each 6 ms of it.
constexpr double kDropTo = 0.945;
constexpr double kDropToLow = 0.6;
constexpr double kDropSpanMs = 600;
// A neighbour's burst must not push us out: we fall no lower than what arrives, less a little; for
// delay, the less the longer the queue, so that what is ours of it drains.
constexpr double kFloor = 0.6;
constexpr double kDelayFloor = 0.65;
constexpr double kDelayFloorLow = 0.5;
constexpr double kDelayFloorSpanMs = 120;
// A link that was full a moment ago carries what it carried then, less room for others to come.
constexpr double kRestore = 0.92;
constexpr int kRestoreFeedbacks = 3;
constexpr double kLimited = 0.75;
// A fifth of a second of empty queue.
constexpr int kCalmFeedbacks = 4;
// A recovery probe that met a queue: the neighbour is still there, or the capacity gone.
constexpr Duration kNoRecovery = Duration::Millis(700);
// As much as filled the link, and a tenth more, without a queue for .3 s: the link carries more
// now. Less than a tenth happens where neighbours like us take turns, even for seconds.
constexpr int kUnfullFeedbacks = 6;
constexpr double kUnfullRate = 1.1;
// Of the rate before: others may have come meanwhile.
constexpr double kRecoverAtMost = 0.9;
constexpr double kProbeAfterCongestion = 3;
// Of what a probe that met a queue promises beyond the present rate.
constexpr double kQueuedProbe = 0.5;
constexpr double kFairRttMs = 100;
constexpr double kFairMin = 0.35;
constexpr double kFairMax = 3;
constexpr double kPacing = 1.1;
constexpr double kPacingQuiet = 1.25;
// Of what may be in flight beside a queue as long as this, which is a download's: audio passes what
// waits here for the window, and not what waits on the path. From shorter queues on, too much video
// would keep just such a queue: what waits here would not be seen to be too much.
constexpr double kWindowQueued = 0.5;
constexpr double kLongQueueMs = 100;
constexpr double kDrainRate = 0.5;
constexpr double kAfterDrain = 0.9;
// The delay of the longer path is not yet in the averages.
constexpr double kAfterLonger = 0.92;
constexpr double kCompeteLoss = 0.75;
constexpr double kCompeteGrowth = 1.8;

// No feedback for so long, beside two round trips, is an outage.
constexpr double kSilenceMs = 300;

Duration FromMs(double ms) { return Duration::Micros(static_cast<int64_t>(ms * 1000)); }

// What packets that are large beside the window leave of it, as a share of 1.
double Reserve(double window_bytes) {
  const double packets = std::min(1.0, ReferenceWindow::kSegment / window_bytes);
  return std::clamp(packets - 0.1, 0.0, 0.2);
}

}  // namespace

HybridController::HybridController(const BandwidthConfig& config, HybridParts parts)
    : config_(config),
      parts_(parts),
      signals_(parts.drift_guard ? DriftGuard::kOn : DriftGuard::kOff),
      loss_(static_cast<double>(config.min.bps()), static_cast<double>(config.max.bps())),
      target_bps_(static_cast<double>(config.start.bps())) {}

void HybridController::SetDesired(DataRate desired, Instant now) {
  desired_bps_ = static_cast<double>(desired.bps());
  if (prober_.started() || desired_bps_ == 0) return;
  if (next_deadline_ == Instant()) next_deadline_ = now + kTick;
  prober_.Start(target_bps_, desired_bps_, now);
}

void HybridController::OnSent(const SentPacket& packet) {
  in_flight_.OnSent(packet);
  if (!unanswered_since_) unanswered_since_ = packet.sent;
}

void HybridController::OnRouteChange(Instant) {
  moved_ = signals_.ready();
  // The window is a rate times a round trip: it is made anew from the rate, by the new round trip.
  signals_.Restart();
  drain_.Stop();
  competition_.End();
  flat_ = FlatDelay();
  throughput_ = Throughput();
  arrivals_ = ArrivalRate();
  episode_ = CongestionEpisode();
  loss_origin_ = LossOrigin();
  policer_ = PolicerDetector();
  share_bps_ = 0;
  before_standing_bps_ = target_bps_;
}

double HybridController::ThresholdMs() const {
  return kThresholdMs + (parts_.jitter_threshold ? kThresholdJitters * signals_.jitter_ms() : 0);
}

double HybridController::ShortQueueMs() const { return kShortQueueMs + signals_.jitter_ms(); }

double HybridController::MaxAllowed() const {
  return ReferenceWindow::kSegment + kHeadroom * static_cast<double>(in_flight_.most());
}

double HybridController::GrowthLimit() const {
  const auto acked = throughput_.bps();
  if (!parts_.evidence || !acked) return MaxAllowed();
  const double through = *acked / (1 - RandomLoss());
  return std::min(MaxAllowed(), ReferenceWindow::kSegment +
                                    WindowFor(std::max(kEvidence * through, kEvidenceLeastBps)));
}

double HybridController::RandomLoss() const {
  if (!loss_.ready() || loss_origin_.queue() || DelayCongested()) return 0;
  return std::min(loss_.average_loss(), kRandomLossMax);
}

ProberFacts HybridController::Facts(Instant now) const {
  ProberFacts facts;
  facts.target_bps = target_bps_;
  facts.desired_bps = desired_bps_;
  facts.step_bps = step_bps_;
  facts.rtt_ms = signals_.rtt_ms();
  facts.quiet = signals_.ready() && signals_.queue_ms() < kComfortMs + signals_.jitter_ms() &&
                !drain_.running() && !competition_.active() && !policer_.limit_bps();
  facts.congested = congested_;
  facts.probe_queued = congested_ && available_.queued();
  facts.salt = salt_;
  facts.unfull =
      congested_ && calm_feedbacks_ >= kUnfullFeedbacks &&
      std::min(target_bps_, throughput_.bps().value_or(0)) >= kUnfullRate * episode_.full_bps();
  facts.limited = throughput_.bps().value_or(target_bps_) < kLimited * target_bps_;
  facts.recover_bps =
      parts_.recovery && calm_feedbacks_ >= kCalmFeedbacks && now >= no_recovery_until_
          ? before_drop_.best_bps(now)
          : 0;
  return facts;
}

void HybridController::OnDeadline(Instant now) {
  next_deadline_ = now + kTick;
  if (prober_.started()) prober_.OnTime(Facts(now), now);
}

void HybridController::OnFeedback(std::span<const PacketResult> results, Instant now) {
  in_flight_.OnFeedback(results);
  throughput_.OnFeedback(results);
  arrivals_.OnFeedback(results);
  if (AfterSilence(results, now)) return;
  const bool first = !signals_.ready();
  bool lost = false;
  double acked_bytes = 0;
  for (const PacketResult& result : results) {
    lost = lost || !result.received;
    acked_bytes += result.packet.size_bytes;
  }
  signals_.FreezeJitter(competition_.active());
  signals_.SetRate(throughput_.bps().value_or(0));
  if (!signals_.OnFeedback(results, MaxAllowed() < window_.bytes(), now)) return;
  if (first) Begin();
  if (now - round_began_ >= FromMs(signals_.rtt_ms())) {
    round_began_ = now;
    in_flight_.NextRound();
  }
  loss_.OnFeedback(results, throughput_.bps(), window_.bytes() * 8000 / RoundMs(), false, now);
  if (const auto probe = probe_results_.OnFeedback(results, RandomLoss())) OnProbe(*probe, now);
  const bool calm = signals_.queue_ms() < kComfortMs + signals_.jitter_ms();
  calm_feedbacks_ = calm ? calm_feedbacks_ + 1 : 0;
  if (parts_.policer) {
    policer_.OnFeedback(results, throughput_.bps().value_or(0),
                        signals_.queue_average_ms() > kLossQueue * ThresholdMs(), now);
  }
  if (parts_.loss_origin)
    loss_origin_.OnFeedback(results, signals_.queue_ms() > ShortQueueMs(), now);
  available_.OnThroughput(throughput_.bps().value_or(0), now);
  TrackEpisode(now);
  if (DelayCongested()) OnCongestion(now);
  Restore(now);

  const bool stands = signals_.queue_ms() >= QueueTrial::StandingMs(ThresholdMs());
  if (!stands && !drain_.standing()) before_standing_bps_ = target_bps_;
  JudgePath(lost, now);
  const bool due = drain_.running() || !competition_.active() || competition_.TestDue(now);
  if (parts_.queue_trial && due) {
    Judge(drain_.Update(signals_.queue_ms(), signals_.queue_average_ms(), signals_.rtt_ms(),
                        ThresholdMs(), signals_.jitter_ms(), now),
          now);
  }
  competition_.Watch(drain_, now);
  if (competition_.active()) {
    Compete(lost, acked_bytes, now);
  } else {
    React(lost, now);
    if (!DelayCongested()) Grow(acked_bytes, now);
  }
  UpdateTarget();
}

void HybridController::Begin() {
  const double window = WindowFor(target_bps_);
  // After a move the target is to be what it was.
  window_.Set(std::exchange(moved_, false) ? window / (1 - Reserve(window)) : window);
}

bool HybridController::AfterSilence(std::span<const PacketResult> results, Instant now) {
  const Duration limit = FromMs(kSilenceMs + 2 * RoundMs());
  // Silence while nothing was on its way is none.
  const Instant asked = std::max(last_feedback_.value_or(now), unanswered_since_.value_or(now));
  unanswered_since_.reset();
  if (last_feedback_ && now - asked > limit) {
    silent_until_ = now;
    throughput_ = Throughput();
    arrivals_ = ArrivalRate();
    drain_.Stop();
  }
  last_feedback_ = now;
  // What was sent into an outage tells of the outage, not of the path after it.
  return std::all_of(results.begin(), results.end(), [this](const PacketResult& result) {
    return result.packet.sent < silent_until_;
  });
}

void HybridController::OnProbe(double bps, Instant now) {
  if (parts_.available_rate) {
    bps = available_.OnProbe(probe_results_.rates(), bps, target_bps_, now);
  }
  if (congested_ && available_.queued() && bps > target_bps_) {
    bps = target_bps_ + kQueuedProbe * (bps - target_bps_);
  }
  if (prober_.recovering()) {
    if (available_.queued()) no_recovery_until_ = now + kNoRecovery;
    bps = std::min(bps, std::max(target_bps_, kRecoverAtMost * before_drop_.best_bps(now)));
  }
  prober_.OnResult(bps, Facts(now), now);
  if (DelayCongested() || competition_.active() || drain_.running()) return;
  if (congested_) bps = std::min(bps, kProbeAfterCongestion * target_bps_);
  if (WindowFor(bps) <= window_.bytes()) return;
  window_.Set(WindowFor(bps));
}

void HybridController::TrackEpisode(Instant now) {
  const double sending = std::min(target_bps_, throughput_.bps().value_or(target_bps_));
  episode_.Update(DelayCongested(), calm_feedbacks_ >= kRestoreFeedbacks, sending,
                  arrivals_.bps().value_or(0), FromMs(signals_.rtt_ms()), now);
}

void HybridController::OnCongestion(Instant now) {
  congested_ = now;
  salt_ = in_flight_.sent();
  if (DelayCongested()) share_bps_ = arrivals_.bps().value_or(0);
  before_drop_.Note(target_bps_, now);
}

void HybridController::React(bool lost, Instant now) {
  const double threshold = ThresholdMs();
  const double queue = signals_.queue_average_ms();
  const double rtt = signals_.rtt_ms();
  const bool loss_due =
      !loss_reacted_ || now - *loss_reacted_ >= FromMs(std::max(rtt, kLossIntervalMs));
  const bool long_queue = queue > kLossQueue * threshold;
  const bool managed = loss_origin_.queue() && signals_.queue_ms() > ShortQueueMs();
  if (lost && (long_queue || managed) && loss_due) {
    loss_reacted_ = now;
    OnCongestion(now);
    Decrease(1 - (long_queue ? kLossBackoff : kManagedBackoff), kFloor, now);
  } else if (DelayCongested()) {
    const Duration interval = FromMs(std::min(rtt, kVirtualRttMs));
    if (window_.reacted() && now - *window_.reacted() < interval) return;
    const double alpha = std::clamp((queue - threshold) / threshold, 0.0, 1.0);
    Decrease(1 - alpha / 2 / std::max(1.0, rtt / kVirtualRttMs), DelayFloor(), now);
  }
  DropFast(now);
}

void HybridController::Decrease(double factor, double floor, Instant now) {
  const double before = window_.bytes();
  window_.Decrease(factor, now);
  const double least =
      WindowFor(floor * std::max(episode_.anchor_bps(), arrivals_.bps().value_or(0)));
  if (window_.bytes() < least) window_.Set(std::min(before, least));
}

double HybridController::DelayFloor() const {
  if (!parts_.delay_floor) return 0;
  const double excess_ms = signals_.queue_average_ms() - ThresholdMs();
  const double far = std::clamp(excess_ms / kDelayFloorSpanMs, 0.0, 1.0);
  return kDelayFloor - (kDelayFloor - kDelayFloorLow) * far;
}

void HybridController::Restore(Instant now) {
  if (!parts_.restore || share_bps_ == 0 || calm_feedbacks_ < kRestoreFeedbacks) return;
  if (drain_.running() || competition_.active()) return;
  // What arrived last was sent by who had just gone down; the episode's best may be a download's
  // neighbour's.
  const double share = std::max(share_bps_, episode_.anchor_bps());
  const double bps = kRestore * std::min(share, before_drop_.best_bps(now));
  // With the queue still in the average round trip the target would begin far below this rate and
  // pass what the link carries as the average falls; with a window for the longer one at once.
  const double most = std::max(bps / kRestore, window_.bytes() * 8000 / RoundMs());
  signals_.SettleRtt();
  window_.Set(std::clamp(window_.bytes(), WindowFor(bps), WindowFor(most)));
  share_bps_ = 0;
}

void HybridController::DropFast(Instant now) {
  const auto acked = throughput_.bps();
  const double queue =
      std::max(signals_.queue_average_ms(), kFreshQueue * signals_.queue_lower_ms());
  if (!acked || queue <= kFarTooLong * ThresholdMs()) return;
  const double through =
      std::min({*acked, arrivals_.bps().value_or(*acked), arrivals_.newest_bps().value_or(*acked)});
  const double part = std::clamp(1 - queue / kDropSpanMs, kDropToLow, kDropTo);
  const double limit =
      std::max(part * WindowFor(through), WindowFor(DelayFloor() * episode_.anchor_bps()));
  if (window_.bytes() <= limit) return;
  window_.Set(limit);
  congested_ = now;
}

void HybridController::Grow(double acked_bytes, Instant now) {
  const double jitter = signals_.jitter_ms();
  const double caution =
      ReferenceWindow::Comfort(signals_.queue_floor_ms(), kComfortMs + kFloorJitters * jitter) *
      ReferenceWindow::Comfort(signals_.spread_ms(), kComfortMs + kSpreadJitters * jitter);
  const double fair = std::clamp(std::sqrt(signals_.rtt_ms() / kFairRttMs), kFairMin, kFairMax);
  window_.Increase(acked_bytes, caution * fair, signals_.rtt_ms(), GrowthLimit(), now);
}

void HybridController::Compete(bool lost, double acked_bytes, Instant now) {
  competition_.OnQueue(signals_.queue_ms(), now);
  if (!competition_.active()) return;
  const bool due = !loss_reacted_ || now - *loss_reacted_ >= FromMs(signals_.rtt_ms());
  if (lost && due) {
    loss_reacted_ = now;
    window_.Decrease(kCompeteLoss, now);
  } else if (window_.bytes() < MaxAllowed()) {
    const double per_byte = kCompeteGrowth * ReferenceWindow::kSegment / window_.bytes();
    window_.Set(window_.bytes() + acked_bytes * std::min(1.0, per_byte));
  }
}

void HybridController::JudgePath(bool lost, Instant now) {
  if (!parts_.flat_delay || competition_.active()) return;
  const bool longer = flat_.Update(signals_.queue_ms(), QueueTrial::StandingMs(ThresholdMs()),
                                   signals_.latest_rtt_ms(), signals_.jitter_ms(), lost, now);
  if (!longer) return;
  drain_.Stop();
  Judge(QueueOwner::kLongerPath, now);
}

void HybridController::Judge(QueueOwner verdict, Instant now) {
  switch (verdict) {
    case QueueOwner::kNone:
      break;
    case QueueOwner::kOurs:
      window_.Set(window_.bytes() * kAfterDrain);
      competition_.End();
      break;
    case QueueOwner::kLongerPath:
      signals_.Rebase();
      window_.Set(std::max(window_.bytes(), WindowFor(kAfterLonger * before_standing_bps_)));
      window_.ForgetInflection();
      congested_.reset();
      competition_.End();
      break;
    case QueueOwner::kCompetitor:
      competition_.Begin(now);
      break;
  }
}

bool HybridController::LossLimits() const {
  return !competition_.active() && loss_.ready() && loss_.state() != LossState::kDelayBased &&
         loss_.average_loss() > kCapLoss;
}

double HybridController::LossFloor() {
  if (!parts_.loss_floor) return 0;
  if (policer_.cleared()) return target_bps_;
  if (through_lossy_bps_ == 0 || DelayCongested()) {
    through_lossy_bps_ = throughput_.bps().value_or(0);
  }
  return kThroughLossy * through_lossy_bps_;
}

double HybridController::InBounds(double bps) const {
  return std::clamp(bps, static_cast<double>(config_.min.bps()),
                    static_cast<double>(config_.max.bps()));
}

void HybridController::UpdateTarget() {
  target_bps_ = (1 - Reserve(window_.bytes())) * window_.bytes() * 8000 / RoundMs();
  if (LossLimits()) {
    target_bps_ = std::min(target_bps_, std::max(loss_.bps(), LossFloor()));
  } else {
    through_lossy_bps_ = 0;
  }
  steady_bps_ = InBounds(std::min(target_bps_, policer_.cap_bps().value_or(target_bps_)));
  if (const auto limit = policer_.limit_bps()) target_bps_ = std::min(target_bps_, *limit);
  if (drain_.running()) target_bps_ *= kDrainRate;
  target_bps_ = InBounds(target_bps_);
}

SendPlan HybridController::plan() const {
  SendPlan plan;
  plan.target = DataRate::Bps(static_cast<int64_t>(target_bps_));
  plan.steady = DataRate::Bps(static_cast<int64_t>(steady_bps_));
  const double jitter = signals_.jitter_ms();
  const bool quiet = signals_.queue_ms() < kComfortMs + jitter;
  const double factor = quiet && !competition_.active() ? kPacingQuiet : kPacing;
  plan.pacing = DataRate::Bps(static_cast<int64_t>(target_bps_ * factor));
  if (!signals_.ready()) return plan;
  const double limit = kComfortMs + kFloorJitters * jitter;
  const double comfort = std::clamp(1.2 * (limit - signals_.queue_floor_ms()) / limit, 0.0, 1.0);
  const bool far_too_long = signals_.queue_ms() > kLongQueueMs && !competition_.active();
  const double part = far_too_long ? kWindowQueued : 1;
  plan.window_bytes = static_cast<int64_t>(part * window_.bytes() * (1.5 + 1.5 * comfort));
  return plan;
}

void HybridController::TakeProbes(std::vector<ProbeCluster>& out) {
  const size_t before = out.size();
  prober_.Take(out);
  for (size_t i = before; i < out.size(); ++i) probe_results_.OnCluster(out[i]);
}

}  // namespace conclave::media
