#include "router/allocate.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/check.h"

namespace conclave::router {
namespace {

// With more pictures than that, one step more or less is a small part of the whole.
constexpr size_t kFixedPlansDemandsMax = 64;

// Steps' sizes that Bounded is tried with: one doubling apart, from an audio-like rate to more than
// any layer.
constexpr int64_t kStepMaxFirstBps = 64'000;
constexpr int64_t kStepMaxLastBps = 16'000'000;

// Repeats take 3 %; IP, UDP and SRTP add 38 bytes to a packet of 1200.
constexpr int64_t kVideoPercent = 94;

uint64_t PresenceOf(DemandRank rank) { return uint64_t{1} << (16 * static_cast<unsigned>(rank)); }

}  // namespace

bool Allocation::BetterThan(const Allocation& other) const {
  return std::tuple(presence, quality) > std::tuple(other.presence, other.quality);
}

DataRate VideoBudget(DataRate all, DataRate audio) {
  const int64_t left = (all - audio).bps() * kVideoPercent / 100;
  return DataRate::Bps(std::max<int64_t>(left, 1));
}

void AllocationWorkspace::Allocate(std::span<const Demand> demands, const AllocationBudget& budget,
                                   Allocation& out) {
  CHECK(demands.size() <= kDemandsMax);
  BuildLadders(demands);
  ChooseBases(demands, budget.all.bps());
  ListSteps();
  const int64_t room_bps = std::min(budget.all, budget.raise).bps() - BasesCost();
  if (room_bps > 0) Follow(BestPlan(room_bps));
  Report(demands, out);
}

void AllocationWorkspace::BuildLadders(std::span<const Demand> demands) {
  const size_t count = demands.size();
  // Never smaller, so that each ladder's memory stays.
  if (ladders_.size() < count) ladders_.resize(count);
  wanted_.assign(count, 0);
  shown_.assign(count, 0);
  rung_.assign(count, 0);
  for (size_t i = 0; i < count; ++i) {
    wanted_[i] = demands[i].height_px > 0 && !demands[i].layers.empty() ? 1 : 0;
    if (wanted_[i] != 0) ladders_[i].Build(demands[i]);
  }
}

// Which pictures there are at all. Of a rank, the cheapest first: so there are as many of it as can
// be, and most is left for the next rank. Those that are paused come last, or pictures would take
// turns as their rates waver.
void AllocationWorkspace::ChooseBases(std::span<const Demand> demands, int64_t budget_bps) {
  order_.clear();
  for (size_t i = 0; i < demands.size(); ++i) {
    if (wanted_[i] != 0 && !demands[i].held) order_.push_back(i);
  }
  std::ranges::sort(order_, {}, [&](size_t i) {
    return std::tuple(-static_cast<int>(RankOf(demands[i])), demands[i].starved,
                      ladders_[i].base().rate_bps, i);
  });
  for (const size_t i : order_) {
    if (ladders_[i].base().rate_bps > budget_bps) continue;
    budget_bps -= ladders_[i].base().rate_bps;
    shown_[i] = 1;
  }
}

int64_t AllocationWorkspace::BasesCost() const {
  int64_t cost = 0;
  for (size_t i = 0; i < shown_.size(); ++i) {
    if (shown_[i] != 0) cost += ladders_[i].base().rate_bps;
  }
  return cost;
}

void AllocationWorkspace::ListSteps() {
  steps_.clear();
  for (size_t i = 0; i < shown_.size(); ++i) {
    if (shown_[i] == 0) continue;
    const auto rungs = ladders_[i].rungs();
    size_t from = 0;
    double per_bit = INFINITY;
    for (size_t to = 1; to < rungs.size(); ++to) {
      if (!rungs[to].on_hull) continue;
      Step step{i, to, rungs[to].rate_bps - rungs[from].rate_bps,
                rungs[to].utility - rungs[from].utility, 0};
      // Rounding must not put a demand's steps out of order.
      per_bit = std::min(per_bit, step.gain / static_cast<double>(step.rate_bps));
      step.per_bit = per_bit;
      steps_.push_back(step);
      from = to;
    }
  }
  std::ranges::sort(steps_, {}, [](const Step& step) {
    return std::tuple(-step.per_bit, step.demand, step.rung);
  });
  rate_after_.assign(1, 0);
  gain_after_.assign(1, 0);
  for (const Step& step : steps_) {
    rate_after_.push_back(rate_after_.back() + step.rate_bps);
    gain_after_.push_back(gain_after_.back() + step.gain);
  }
}

AllocationWorkspace::Plan AllocationWorkspace::InOrder(int64_t room_bps) const {
  const auto beyond = std::ranges::upper_bound(rate_after_, room_bps);
  const auto steps = static_cast<size_t>(beyond - rate_after_.begin()) - 1;
  return {.gain = gain_after_[steps], .steps = steps, .step_max_bps = INT64_MAX};
}

AllocationWorkspace::Plan AllocationWorkspace::Fixing(size_t demand, size_t rung,
                                                      int64_t room_bps) const {
  const auto rungs = ladders_[demand].rungs();
  Plan plan{.fixed = demand, .fixed_rung = rung, .step_max_bps = INT64_MAX};
  const int64_t left = room_bps - (rungs[rung].rate_bps - rungs[0].rate_bps);
  if (left < 0) return plan;
  const double own_gain = rungs[rung].utility - rungs[0].utility;
  // The demand's own steps do not count; those before each place are subtracted.
  int64_t own_bps = 0;
  double own_steps_gain = 0;
  size_t place = 0;
  const auto end_in = [&](size_t last) {
    const auto begin = rate_after_.begin();
    const auto beyond = std::upper_bound(begin + static_cast<ptrdiff_t>(place),
                                         begin + static_cast<ptrdiff_t>(last) + 1, left + own_bps);
    return static_cast<size_t>(beyond - begin) - 1;
  };
  for (size_t i = 1; i < rungs.size(); ++i) {
    if (!rungs[i].on_hull) continue;
    size_t own = place;
    while (steps_[own].demand != demand || steps_[own].rung != i) ++own;
    plan.steps = end_in(own);
    if (plan.steps < own) {
      plan.gain = own_gain + gain_after_[plan.steps] - own_steps_gain;
      return plan;
    }
    own_bps += steps_[own].rate_bps;
    own_steps_gain += steps_[own].gain;
    place = own + 1;
  }
  plan.steps = end_in(steps_.size());
  plan.gain = own_gain + gain_after_[plan.steps] - own_steps_gain;
  return plan;
}

AllocationWorkspace::Plan AllocationWorkspace::Bounded(int64_t step_max_bps, int64_t room_bps) {
  Plan plan{.step_max_bps = step_max_bps};
  stopped_.assign(shown_.size(), 0);
  for (const Step& step : steps_) {
    if (step.rate_bps > step_max_bps) stopped_[step.demand] = 1;
    if (stopped_[step.demand] == 0) {
      if (step.rate_bps > room_bps) break;
      room_bps -= step.rate_bps;
      plan.gain += step.gain;
    }
    ++plan.steps;
  }
  return plan;
}

AllocationWorkspace::Plan AllocationWorkspace::BestPlan(int64_t room_bps) {
  Plan best = InOrder(room_bps);
  if (best.steps == steps_.size()) return best;
  const auto consider = [&](const Plan& plan) {
    if (plan.gain > best.gain) best = plan;
  };
  for (int64_t max = kStepMaxFirstBps; max <= kStepMaxLastBps; max *= 2) {
    consider(Bounded(max, room_bps));
  }
  if (shown_.size() > kFixedPlansDemandsMax) return best;
  for (size_t i = 0; i < shown_.size(); ++i) {
    if (shown_[i] == 0) continue;
    for (size_t rung = 0; rung < ladders_[i].rungs().size(); ++rung) {
      consider(Fixing(i, rung, room_bps));
    }
  }
  return best;
}

void AllocationWorkspace::Follow(const Plan& plan) {
  stopped_.assign(shown_.size(), 0);
  if (plan.fixed) {
    rung_[*plan.fixed] = plan.fixed_rung;
    stopped_[*plan.fixed] = 1;
  }
  for (const Step& step : std::span(steps_).first(plan.steps)) {
    if (step.rate_bps > plan.step_max_bps) stopped_[step.demand] = 1;
    if (stopped_[step.demand] == 0) rung_[step.demand] = step.rung;
  }
}

int64_t AllocationWorkspace::NextStep(std::span<const Demand> demands) const {
  int64_t base = INT64_MAX;
  int64_t step = INT64_MAX;
  for (size_t i = 0; i < demands.size(); ++i) {
    if (wanted_[i] == 0) continue;
    const auto rungs = ladders_[i].rungs();
    if (shown_[i] == 0) {
      base = std::min(base, rungs[0].rate_bps);
    } else if (rung_[i] + 1 < rungs.size()) {
      step = std::min(step, rungs[rung_[i] + 1].rate_bps - rungs[rung_[i]].rate_bps);
    }
  }
  // Nobody is raised before everybody is shown.
  const int64_t next = base != INT64_MAX ? base : step;
  return next == INT64_MAX ? 0 : next;
}

void AllocationWorkspace::Report(std::span<const Demand> demands, Allocation& out) const {
  out.grants.assign(demands.size(), {});
  out.total = out.desired = DataRate();
  out.presence = 0;
  out.quality = 0;
  for (size_t i = 0; i < demands.size(); ++i) {
    Grant& grant = out.grants[i];
    if (wanted_[i] != 0) {
      out.desired = out.desired + DataRate::Bps(ladders_[i].top().rate_bps);
    }
    if (shown_[i] == 0) {
      grant.pause = wanted_[i] != 0 ? PauseReason::kLackOfRate : PauseReason::kNotWanted;
      continue;
    }
    const Rung& rung = ladders_[i].rungs()[rung_[i]];
    grant.layer = rung.choice.layer;
    grant.temporal = rung.choice.temporal;
    out.total = out.total + DataRate::Bps(rung.rate_bps);
    out.presence += PresenceOf(RankOf(demands[i]));
    out.quality += rung.utility;
  }
  out.next_step = DataRate::Bps(NextStep(demands));
}

}  // namespace conclave::router
