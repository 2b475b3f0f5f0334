// The allocation over time: layers fall at once and rise with care.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/data_rate.h"
#include "base/time.h"
#include "router/allocate.h"
#include "router/raise_budget.h"

namespace conclave::router {

// One per receiver. After warm-up it allocates nothing.
class SteadyAllocator {
 public:
  // A picture that is taken away comes back seconds later, so the lowest layers of those that are
  // there may exceed the budget a little, and by far for as long as a controller takes to drain a
  // queue, or to find out that the path got longer and not narrower. What is too much for the path
  // meanwhile waits in our own queue, beside the audio.
  static constexpr int64_t kBasesPercent = 110;
  static constexpr int64_t kDipPercent = 200;
  static constexpr Duration kDip = Duration::Seconds(2);
  // What fell is not raised for so long at the cost of others: a picture that goes down and up is
  // worse than a slightly better sum. Neither stage nor pinned pictures nor screens wait.
  static constexpr Duration kSettle = Duration::Seconds(3);

  // `demands` say what is being sent now (`current`) and what lacks rate (`starved`, `fell`); their
  // floors, ceilings and holds are set here. `budget`: for video, nullopt for no limit. What is
  // being sent stays as it is where it fits and nothing notably better does; a new demand gets its
  // base at once, another that is raised (or comes back) has to fit into RaiseBudget. The result is
  // valid until the next call.
  const Allocation& Update(Instant now, std::span<const Demand> demands,
                           std::optional<DataRate> budget);
  // The path is heard of again after a silence: what fell meanwhile is no warning.
  void Forget() { raise_.Forget(); }

 private:
  void Fall(Instant now, std::span<const Demand> demands, DataRate budget);
  // What there is, within what layers are raised, and within what pictures come back.
  void Settle(std::span<const Demand> demands, DataRate all, DataRate raise, DataRate bases);
  void Keep(std::span<const Demand> demands, const AllocationBudget& budget);
  void Rearrange(std::span<const Demand> demands, const AllocationBudget& budget);
  bool Raised(std::span<const Demand> demands) const;

  AllocationWorkspace workspace_;
  RaiseBudget raise_;
  // Since when what is in use has exceeded the budget.
  Instant short_since_ = Instant::Never();
  std::vector<Demand> limited_;
  Allocation chosen_;
  Allocation other_;
};

}  // namespace conclave::router
