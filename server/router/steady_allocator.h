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

// What an allocation needs while it is made. One serves all receivers of a room, one after the
// other; after warm-up it does not grow.
struct AllocationScratch {
  AllocationWorkspace workspace;
  std::vector<Demand> limited;
  Allocation chosen;
  Allocation other;
};

// One per receiver.
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
  // base at once, another that is raised (or comes back) has to fit into RaiseBudget. The result
  // lies in `scratch` until that is used again.
  const Allocation& Update(Instant now, std::span<const Demand> demands,
                           std::optional<DataRate> budget, AllocationScratch& scratch);
  // The path is heard of again after a silence: what fell meanwhile is no warning.
  void Forget() { raise_.Forget(); }

 private:
  void Fall(Instant now, std::span<const Demand> demands, DataRate budget,
            AllocationScratch& scratch);

  RaiseBudget raise_;
  // Since when what is in use has exceeded the budget.
  Instant short_since_ = Instant::Never();
};

}  // namespace conclave::router
