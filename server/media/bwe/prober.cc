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
constexpr Duration kRecoveryInterval = Duration::Seconds(1);
constexpr Duration kIntervalLimited = Duration::Seconds(3);
constexpr Duration kIntervalMax = Duration::Seconds(15);
// Probing full links destroys fairness: after 2.5 s, three flows had a Jain index of .90; after 6 s
// of .999, at the same speed after a step up.
constexpr double kQuietMs = 6000;
constexpr double kQuietRtts = 20;

}  // namespace

void Prober::Probe(double bps, double desired_bps, Instant now) {
  const double limit = kDesiredFactor * desired_bps;
  further_above_.reset();
  if (bps < limit) further_above_ = kFurtherAbove * bps;
  pending_.push_back(MakeProbe(next_id_++, std::min(bps, limit)));
  last_ = now;
}

void Prober::Start(double start_bps, double desired_bps, Instant now) {
  for (const double factor : kInitialFactors) Probe(factor * start_bps, desired_bps, now);
  before_bps_ = start_bps;
}

void Prober::OnResult(double bps, const ProberFacts& facts, Instant now) {
  const bool waited = now - last_ < kResultWait;
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
  if (deep && facts.quiet && now - last_ >= kRecoveryInterval) {
    const double rate = std::min(kRecoverTo * facts.recover_bps, kRecoveryStep * facts.target_bps);
    Probe(rate, facts.desired_bps, now);
    return;
  }
  const Duration interval = facts.limited ? std::min(interval_, kIntervalLimited) : interval_;
  if (!facts.quiet || now - last_ < interval) return;
  const double quiet_ms = std::max(kQuietMs, kQuietRtts * facts.rtt_ms);
  if (facts.congested && (now - *facts.congested).seconds() * 1000 < quiet_ms) return;
  const bool helped = facts.target_bps > kHelped * before_bps_;
  interval_ =
      helped ? kIntervalMin : std::min(kIntervalMax, Duration::Micros(interval_.us() * 3 / 2));
  before_bps_ = facts.target_bps;
  Probe(kAgainFactor * facts.target_bps, facts.desired_bps, now);
}

void Prober::Take(std::vector<ProbeCluster>& out) {
  out.insert(out.end(), pending_.begin(), pending_.end());
  pending_.clear();
}

}  // namespace conclave::media
