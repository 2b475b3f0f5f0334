#include "router/steady_allocator.h"

#include <algorithm>
#include <utility>

#include "router/layer_ladder.h"

namespace conclave::router {
namespace {

// What goes on being sent where nothing is changed.
DataRate RateInUse(std::span<const Demand> demands) {
  int64_t bps = 0;
  for (const Demand& demand : demands) {
    const auto kept = KeptLayer(demand);
    if (kept) bps += CountedRateBps(demand.layers[kept->layer], kept->temporal);
  }
  return DataRate::Bps(bps);
}

// Keeps what is in use, and adds to it what fits.
void Keep(std::span<const Demand> demands, const AllocationBudget& budget,
          AllocationScratch& scratch) {
  scratch.limited.assign(demands.begin(), demands.end());
  for (Demand& demand : scratch.limited) {
    demand.floor = demand.current;
    demand.held = demand.starved;
  }
  scratch.workspace.Allocate(scratch.limited, budget, scratch.chosen);
}

// Chooses anew where that is notably better.
void Rearrange(std::span<const Demand> demands, const AllocationBudget& budget,
               AllocationScratch& scratch) {
  scratch.limited.assign(demands.begin(), demands.end());
  for (size_t i = 0; i < scratch.limited.size(); ++i) {
    Demand& demand = scratch.limited[i];
    if (!demand.fell || RankOf(demand) != DemandRank::kVisible) continue;
    demand.ceiling = std::max(demand.current, scratch.chosen.grants[i].choice());
  }
  scratch.workspace.Allocate(scratch.limited, budget, scratch.other);
  if (scratch.other.BetterThan(scratch.chosen)) std::swap(scratch.chosen, scratch.other);
}

// What there is, within what layers are raised, and within what pictures come back.
void Settle(std::span<const Demand> demands, DataRate all, DataRate raise, DataRate bases,
            AllocationScratch& scratch) {
  Keep(demands, {all, raise}, scratch);
  // To exchange one layer for another within what is in use anyway needs no care.
  const DataRate exchange = std::max(std::min(raise, all), scratch.chosen.total);
  Rearrange(demands, {std::max(std::min(bases, all), exchange), exchange}, scratch);
}

bool Raised(std::span<const Demand> demands, const Allocation& allocation) {
  for (size_t i = 0; i < demands.size(); ++i) {
    const std::optional<LayerChoice> choice = allocation.grants[i].choice();
    if (choice && (demands[i].starved || (demands[i].current && *choice > *demands[i].current))) {
      return true;
    }
  }
  return false;
}

}  // namespace

const Allocation& SteadyAllocator::Update(Instant now, std::span<const Demand> demands,
                                          std::optional<DataRate> budget,
                                          AllocationScratch& scratch) {
  const Allocation& chosen = scratch.chosen;
  if (!budget) {
    scratch.workspace.Allocate(demands, AllocationBudget::Unlimited(), scratch.chosen);
    return chosen;
  }
  const RaiseBudget::Room room = raise_.Update(now, *budget);
  if (RateInUse(demands) > *budget) {
    raise_.OnFall(now);
    Fall(now, demands, *budget, scratch);
    return chosen;
  }
  short_since_ = Instant::Never();
  Settle(demands, *budget, room.safe, room.safe, scratch);
  if (Raised(demands, chosen)) {
    raise_.OnRaise(now);
    return chosen;
  }
  Settle(demands, *budget, room.careful, room.bases, scratch);
  const bool possible = Raised(demands, chosen);
  if (raise_.MayRaise(now, possible)) {
    raise_.OnRaise(now);
  } else if (possible) {
    Settle(demands, *budget, DataRate(), DataRate(), scratch);
  }
  return chosen;
}

void SteadyAllocator::Fall(Instant now, std::span<const Demand> demands, DataRate budget,
                           AllocationScratch& scratch) {
  if (short_since_ == Instant::Never()) short_since_ = now;
  const int64_t percent = now - short_since_ < kDip ? kDipPercent : kBasesPercent;
  scratch.limited.assign(demands.begin(), demands.end());
  for (Demand& demand : scratch.limited) {
    demand.ceiling = demand.current;
    demand.held = demand.starved;
  }
  const DataRate bases = DataRate::Bps(budget.bps() * percent / 100);
  scratch.workspace.Allocate(scratch.limited, {bases, budget}, scratch.chosen);
  // What would be exchanged a moment later is exchanged now: nothing falls only to rise again.
  Rearrange(demands, {scratch.chosen.total, std::min(scratch.chosen.total, budget)}, scratch);
}

}  // namespace conclave::router
