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

}  // namespace

const Allocation& SteadyAllocator::Update(Instant now, std::span<const Demand> demands,
                                          std::optional<DataRate> budget) {
  if (!budget) {
    workspace_.Allocate(demands, AllocationBudget::Unlimited(), chosen_);
    return chosen_;
  }
  const RaiseBudget::Room room = raise_.Update(now, *budget);
  if (RateInUse(demands) > *budget) {
    raise_.OnFall(now);
    Fall(now, demands, *budget);
    return chosen_;
  }
  short_since_ = Instant::Never();
  Settle(demands, *budget, room.safe, room.safe);
  if (Raised(demands)) {
    raise_.OnRaise(now);
    return chosen_;
  }
  Settle(demands, *budget, room.careful, room.bases);
  const bool possible = Raised(demands);
  if (raise_.MayRaise(now, possible)) {
    raise_.OnRaise(now);
  } else if (possible) {
    Settle(demands, *budget, DataRate(), DataRate());
  }
  return chosen_;
}

void SteadyAllocator::Settle(std::span<const Demand> demands, DataRate all, DataRate raise,
                             DataRate bases) {
  Keep(demands, {all, raise});
  // To exchange one layer for another within what is in use anyway needs no care.
  const DataRate exchange = std::max(std::min(raise, all), chosen_.total);
  Rearrange(demands, {std::max(std::min(bases, all), exchange), exchange});
}

void SteadyAllocator::Fall(Instant now, std::span<const Demand> demands, DataRate budget) {
  if (short_since_ == Instant::Never()) short_since_ = now;
  const int64_t percent = now - short_since_ < kDip ? kDipPercent : kBasesPercent;
  limited_.assign(demands.begin(), demands.end());
  for (Demand& demand : limited_) {
    demand.ceiling = demand.current;
    demand.held = demand.starved;
  }
  const DataRate bases = DataRate::Bps(budget.bps() * percent / 100);
  workspace_.Allocate(limited_, {bases, budget}, chosen_);
  // What would be exchanged a moment later is exchanged now: nothing falls only to rise again.
  Rearrange(demands, {chosen_.total, std::min(chosen_.total, budget)});
}

void SteadyAllocator::Keep(std::span<const Demand> demands, const AllocationBudget& budget) {
  limited_.assign(demands.begin(), demands.end());
  for (Demand& demand : limited_) {
    demand.floor = demand.current;
    demand.held = demand.starved;
  }
  workspace_.Allocate(limited_, budget, chosen_);
}

void SteadyAllocator::Rearrange(std::span<const Demand> demands, const AllocationBudget& budget) {
  limited_.assign(demands.begin(), demands.end());
  for (size_t i = 0; i < limited_.size(); ++i) {
    Demand& demand = limited_[i];
    if (!demand.fell || RankOf(demand) != DemandRank::kVisible) continue;
    demand.ceiling = std::max(demand.current, chosen_.grants[i].choice());
  }
  workspace_.Allocate(limited_, budget, other_);
  if (other_.BetterThan(chosen_)) std::swap(chosen_, other_);
}

bool SteadyAllocator::Raised(std::span<const Demand> demands) const {
  for (size_t i = 0; i < demands.size(); ++i) {
    const std::optional<LayerChoice> choice = chosen_.grants[i].choice();
    if (choice && (demands[i].starved || (demands[i].current && *choice > *demands[i].current))) {
      return true;
    }
  }
  return false;
}

}  // namespace conclave::router
