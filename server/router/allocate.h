// Which layer of each wished track a receiver gets, within what it can take: a pure function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/data_rate.h"
#include "router/commands.h"
#include "router/demand.h"
#include "router/layer_ladder.h"

namespace conclave::router {

// What there is for video (see VideoBudget).
struct AllocationBudget {
  DataRate all;
  // Layers above the bases (and floors) only within this, counted from zero like `all`.
  DataRate raise;

  static AllocationBudget Of(DataRate all) { return {all, all}; }
  // More than any receiver takes, and far from overflow.
  static AllocationBudget Unlimited() { return Of(DataRate::Bps(int64_t{1} << 50)); }
};

struct Grant {
  std::optional<uint8_t> layer;
  // Why there is no layer.
  PauseReason pause = PauseReason::kNone;
  // Of the layer's frames, as in LayerChoice.
  uint8_t temporal = media::kAllFrames;

  std::optional<LayerChoice> choice() const {
    return layer ? std::optional(LayerChoice(*layer, temporal)) : std::nullopt;
  }
};

struct Allocation {
  // One per demand.
  std::vector<Grant> grants;
  // What the grants cost.
  DataRate total;
  // What everything that the layout has a use for would cost.
  DataRate desired;
  // How much more than `total` the next upgrade needs: what a probe is to find out. Zero: nothing
  // is left to wish for.
  DataRate next_step;
  // How many pictures there are, by rank: a higher rank's one counts more than all of the lower
  // ranks'. Comparable between allocations of the same demands.
  uint64_t presence = 0;
  // The pictures' utility.
  double quality = 0;

  // More, or more important, pictures; else better ones.
  bool BetterThan(const Allocation& other) const;
};

// Memory that is kept from call to call, so that later calls allocate nothing.
class AllocationWorkspace {
 public:
  // More demands than a layout has wishes, so that counts of a rank fit into 16 bits.
  static constexpr size_t kDemandsMax = 1024;

  // First everybody gets a base layer, those of the highest rank first; where not all fit, as many
  // as do, by rank. Then layers are raised in the order of utility per bit. The total never exceeds
  // `budget.all`, and more of it never makes the allocation worse. A demand without any available
  // layer gets its lowest one: it costs nothing yet. Of equal demands the earlier one wins.
  // Requires demands.size() <= kDemandsMax.
  void Allocate(std::span<const Demand> demands, const AllocationBudget& budget, Allocation& out);

 private:
  // One rung up the hull of a demand.
  struct Step {
    size_t demand = 0;
    size_t rung = 0;
    int64_t rate_bps = 0;
    double gain = 0;
    double per_bit = 0;
  };
  // A way to spend the room: `steps` of the list in order, leaving out what `pinned` and `step_max`
  // say. Each way gains more with more room, so the best of them does too.
  struct Plan {
    double gain = 0;
    size_t steps = 0;
    // This demand is put on this rung beforehand.
    std::optional<size_t> fixed;
    size_t fixed_rung = 0;
    // A demand whose next step is larger stays where it is.
    int64_t step_max_bps = 0;
  };

  void BuildLadders(std::span<const Demand> demands);
  void ChooseBases(std::span<const Demand> demands, int64_t budget_bps);
  void ListSteps();
  Plan InOrder(int64_t room_bps) const;
  Plan Fixing(size_t demand, size_t rung, int64_t room_bps) const;
  Plan Bounded(int64_t step_max_bps, int64_t room_bps);
  Plan BestPlan(int64_t room_bps);
  void Follow(const Plan& plan);
  void Report(std::span<const Demand> demands, Allocation& out) const;
  int64_t BasesCost() const;
  int64_t NextStep(std::span<const Demand> demands) const;

  std::vector<Ladder> ladders_;
  // By demand: wanted at all; shown; on which rung.
  std::vector<uint8_t> wanted_;
  std::vector<uint8_t> shown_;
  std::vector<size_t> rung_;
  std::vector<uint8_t> stopped_;
  std::vector<size_t> order_;
  std::vector<Step> steps_;
  // By number of steps taken.
  std::vector<int64_t> rate_after_;
  std::vector<double> gain_after_;
};

// What is left for video of a receiver's rate: audio goes first and is never shed, and repairs and
// packet headers below RTP have their share. At least 1 bps.
DataRate VideoBudget(DataRate all, DataRate audio);

}  // namespace conclave::router
