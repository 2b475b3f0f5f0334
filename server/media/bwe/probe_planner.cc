#include "media/bwe/probe_planner.h"

#include <algorithm>
#include <cmath>

namespace conclave::media {
namespace {

constexpr int kPackets = 5;
constexpr double kClusterSeconds = 0.015;
constexpr double kInitialFactors[] = {3, 6};
constexpr double kFurtherFactor = 2;
constexpr double kFurtherAbove = 0.7;
constexpr Duration kResultWait = Duration::Seconds(1);
constexpr Duration kAlrInterval = Duration::Seconds(5);
constexpr double kAlrFactor = 2;
// Beyond what is wished for, knowledge is useless.
constexpr double kDesiredFactor = 2;
constexpr double kDropRatio = 0.66;
constexpr double kRecovery = 0.85;
constexpr double kRecoveryUncertainty = 0.05;
constexpr Duration kDropMemory = Duration::Seconds(5);
constexpr Duration kAlrMemory = Duration::Seconds(3);

}  // namespace

ProbeCluster MakeProbe(int id, double bps) {
  ProbeCluster cluster;
  cluster.id = id;
  cluster.rate = DataRate::Bps(static_cast<int64_t>(bps));
  cluster.packets_min = kPackets;
  cluster.bytes_min = static_cast<int64_t>(std::ceil(bps * kClusterSeconds / 8));
  return cluster;
}

void ProbePlanner::Start(double start_bps, double desired_bps, Instant now) {
  ProbeContext context;
  context.target_bps = start_bps;
  context.desired_bps = desired_bps;
  previous_estimate_ = start_bps;
  for (const double factor : kInitialFactors) Probe(factor * start_bps, context, true, now);
}

void ProbePlanner::Probe(double bps, const ProbeContext& context, bool again, Instant now) {
  const double limit = kDesiredFactor * context.desired_bps;
  if (bps >= limit) {
    bps = limit;
    again = false;
  }
  if (bps <= 0) return;
  pending_.push_back(MakeProbe(next_id_++, bps));
  last_probe_ = now;
  last_rate_ = bps;
  continue_above_.reset();
  if (again) continue_above_ = kFurtherAbove * bps;
}

void ProbePlanner::OnDesired(const ProbeContext& context, Instant now) {
  if (context.forbidden || !context.alr_since || context.desired_bps <= context.target_bps) return;
  const double limit = kDesiredFactor * context.target_bps;
  Probe(std::min(context.desired_bps, limit), context, false, now);
  if (context.desired_bps < limit) {
    Probe(std::min(2 * context.desired_bps, limit), context, true, now);
  }
}

void ProbePlanner::OnEstimate(const ProbeContext& context, std::optional<double> measured_bps,
                              Instant now) {
  if (continue_above_ && now - last_probe_ > kResultWait) continue_above_.reset();
  if (continue_above_ && measured_bps && *measured_bps > *continue_above_ && !context.forbidden) {
    Probe(kFurtherFactor * *measured_bps, context, true, now);
  }
  if (context.target_bps < kDropRatio * previous_estimate_) {
    before_drop_ = previous_estimate_;
    dropped_ = now;
  }
  previous_estimate_ = context.target_bps;
}

void ProbePlanner::OnRecovered(const ProbeContext& context, Instant now) {
  const bool alr =
      context.alr_since || (context.alr_ended && now - *context.alr_ended < kAlrMemory);
  if (!alr || !dropped_ || now - *dropped_ > kDropMemory) return;
  if (last_recovery_ && now - *last_recovery_ < kDropMemory) return;
  const double rate = kRecovery * before_drop_;
  if (rate * (1 - kRecoveryUncertainty) <= context.target_bps) return;
  last_recovery_ = now;
  Probe(rate, context, false, now);
}

void ProbePlanner::OnDeadline(const ProbeContext& context, Instant now) {
  if (continue_above_ && now - last_probe_ > kResultWait) continue_above_.reset();
  if (continue_above_ || context.forbidden || !context.alr_since) return;
  if (context.target_bps >= context.desired_bps) return;
  const Instant next = std::max(*context.alr_since, last_probe_) + kAlrInterval;
  if (now >= next) Probe(kAlrFactor * context.target_bps, context, true, now);
}

void ProbePlanner::Take(std::vector<ProbeCluster>& out) {
  out.insert(out.end(), pending_.begin(), pending_.end());
  pending_.clear();
}

}  // namespace conclave::media
