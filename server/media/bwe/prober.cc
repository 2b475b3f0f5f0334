#include "media/bwe/prober.h"

#include <algorithm>

#include "media/bwe/probe_planner.h"

namespace conclave::media {
namespace {

constexpr double kInitialFactors[] = {3, 6};
constexpr double kFurtherFactor = 2;
constexpr double kFurtherAbove = 0.7;
constexpr Duration kResultWait = Duration::Seconds(1);
constexpr double kDesiredFactor = 1.5;
constexpr double kEnough = 0.97;
// Larger steps measured no better, and cost more queue where they fail.
constexpr double kAgainFactor = 1.6;
constexpr double kHelped = 1.05;
constexpr Duration kIntervalMin = Duration::Seconds(1);
// As GCC's rapid recovery, but in steps that hurt little where the capacity is really gone.
constexpr double kDeepDrop = 0.6;
constexpr double kRecoverTo = 0.85;
constexpr double kRecoveryStep = 2;
constexpr Duration kRecoveryInterval = Duration::Millis(300);
constexpr double kRecoveryRtts = 2.5;
// Where the link seems to carry more than before, and does not: not again so soon.
constexpr Duration kUnfullWaitMin = Duration::Seconds(1);
constexpr Duration kUnfullWaitMax = Duration::Seconds(8);
constexpr double kUnfullRtts = 4;
constexpr Duration kIntervalLimited = Duration::Seconds(3);
// Where it is known what more would be good for: what comes back is to be seen soon, and a burst of
// 30 ms each 1.5 s is 2 % of what it measures.
constexpr Duration kIntervalStep = Duration::Millis(1500);
constexpr Duration kIntervalMax = Duration::Seconds(15);
// Probing full links destroys fairness. After a congestion those wait longest that have most of
// what they wish, so that a late-comer's probe comes first; and not all those alike at once.
constexpr double kQuietMs = 1500;
constexpr double kQuietShareMs = 12000;
constexpr double kQuietSpread = 0.3;
constexpr double kQuietRtts = 20;
// One frame's interval: shorter bursts, after the first ones, may fall between a neighbour's frames
// and measure what is not there.
constexpr double kProbeSeconds = 0.03;

Duration AtLeast(Duration wait, double rtts, const ProberFacts& facts) {
  return std::max(wait, Duration::Micros(static_cast<int64_t>(rtts * 1000 * facts.rtt_ms)));
}

}  // namespace

void Prober::Probe(double bps, double desired_bps, Instant now) {
  const double limit = kDesiredFactor * desired_bps;
  further_above_.reset();
  if (bps < limit) further_above_ = kFurtherAbove * bps;
  pending_.push_back(MakeProbe(next_id_++, std::min(bps, limit)));
  if (started_) {
    pending_.back().bytes_min = static_cast<int64_t>(std::min(bps, limit) / 8 * kProbeSeconds);
  }
  last_ = now;
}

void Prober::Start(double start_bps, double desired_bps, Instant now) {
  for (const double factor : kInitialFactors) Probe(factor * start_bps, desired_bps, now);
  before_bps_ = start_bps;
  started_ = true;
}

void Prober::OnResult(double bps, const ProberFacts& facts, Instant now) {
  const bool waited = now - last_ < kResultWait;
  if (unfull_probe_ && waited) {
    unfull_probe_ = false;
    unfull_wait_ = facts.probe_queued ? std::min(kUnfullWaitMax, unfull_wait_ * 2) : kUnfullWaitMin;
  }
  if (facts.probe_queued || recovering_) return;
  if (!further_above_ || !waited || bps <= *further_above_ || !facts.quiet) return;
  if (facts.target_bps >= kEnough * facts.desired_bps) return;
  Probe(kFurtherFactor * bps, facts.desired_bps, now);
}

void Prober::OnTime(const ProberFacts& facts, Instant now) {
  if (facts.target_bps >= kEnough * facts.desired_bps) {
    interval_ = kIntervalMin;
    return;
  }
  const bool deep = facts.target_bps < kDeepDrop * facts.recover_bps;
  if (deep && facts.quiet && now - last_ >= AtLeast(kRecoveryInterval, kRecoveryRtts, facts)) {
    const double rate = std::min(kRecoverTo * facts.recover_bps, kRecoveryStep * facts.target_bps);
    recovering_ = true;
    Probe(rate, facts.desired_bps, now);
    return;
  }
  if (facts.unfull && facts.quiet && now - last_ >= AtLeast(unfull_wait_, kUnfullRtts, facts)) {
    unfull_probe_ = true;
    return Again(kIntervalMin, facts, now);
  }
  const Duration limited = facts.step_bps > 0 ? kIntervalStep : kIntervalLimited;
  const Duration interval = facts.limited ? std::min(interval_, limited) : interval_;
  if (!facts.quiet || now - last_ < interval) return;
  if (facts.congested && (now - *facts.congested).seconds() * 1000 < QuietMs(facts)) return;
  const bool helped = facts.target_bps > kHelped * before_bps_;
  Again(helped ? kIntervalMin : std::min(kIntervalMax, Duration::Micros(interval_.us() * 3 / 2)),
        facts, now);
}

void Prober::Again(Duration interval, const ProberFacts& facts, Instant now) {
  interval_ = interval;
  before_bps_ = facts.target_bps;
  recovering_ = false;
  Probe(std::max(kAgainFactor * facts.target_bps, facts.step_bps), facts.desired_bps, now);
}

double Prober::QuietMs(const ProberFacts& facts) {
  const double share = std::min(1.0, facts.target_bps / facts.desired_bps);
  // Fibonacci hashing: the upper bits are even.
  const uint64_t mixed = (facts.salt * 0x9e3779b97f4a7c15) >> 40;
  const double spread = kQuietSpread * static_cast<double>(mixed) / (1 << 24);
  // Who sends less than it may, because the next step is too large, presses on nobody.
  const bool fair = facts.limited && facts.step_bps > 0;
  const double quiet_ms = (kQuietMs + (fair ? 0 : kQuietShareMs * share)) * (1 + spread);
  return std::max(quiet_ms, kQuietRtts * facts.rtt_ms);
}

void Prober::Take(std::vector<ProbeCluster>& out) {
  out.insert(out.end(), pending_.begin(), pending_.end());
  pending_.clear();
}

}  // namespace conclave::media
