// The allocation against every possible one, on seeded small cases.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <tuple>
#include <vector>

#include "base/random.h"
#include "router/allocate.h"

namespace conclave::router {
namespace {

struct Case {
  std::vector<std::array<media::LayerState, 3>> layers;
  std::vector<Demand> demands;
};

// Up to five tracks whose layers are rarely as they should be: some are missing, some cost less
// than a lower one.
Case RandomCase(Random& random) {
  constexpr std::array<uint16_t, 6> kTilesPx = {90, 180, 300, 360, 720, 1080};
  Case made;
  const size_t count = 1 + random.Next32() % 5;
  made.layers.resize(count);
  for (size_t i = 0; i < count; ++i) {
    int64_t kbps = 40 + random.Next32() % 200;
    uint16_t height_px = random.Next32() % 2 == 0 ? 180 : 270;
    for (media::LayerState& layer : made.layers[i]) {
      layer = {random.Next32() % 8 != 0, height_px, DataRate::Kbps(kbps)};
      layer.fps = random.Next32() % 3 == 0 ? 15 : 30;
      kbps = kbps * (80 + random.Next32() % 400) / 100;
      height_px = static_cast<uint16_t>(height_px * 2);
    }
    Demand demand{.layers = made.layers[i], .height_px = kTilesPx[random.Next32() % 6]};
    demand.pinned = random.Next32() % 4 == 0;
    demand.on_stage = random.Next32() % 4 == 0;
    demand.is_screen = random.Next32() % 5 == 0;
    made.demands.push_back(demand);
  }
  return made;
}

struct Worth {
  uint64_t presence = 0;
  double quality = 0;
  int64_t rate_bps = 0;
};

// The utility, written down once more.
double QualityOf(const Demand& demand, size_t layer) {
  double wanted_px = 0;
  for (const media::LayerState& state : demand.layers) {
    if (!state.available) continue;
    wanted_px = state.height_px;
    const double enough = demand.is_screen ? 1.0 : 0.8;
    if (wanted_px >= enough * demand.height_px) break;
  }
  const double lines = std::min<double>(demand.layers[layer].height_px, wanted_px) / 90;
  double all_fps = 0;
  for (const media::LayerState& state : demand.layers) {
    if (state.available) all_fps = std::max<double>(all_fps, state.fps);
  }
  // From 15 pictures a second on, of which no layer here has fewer.
  const double frames = std::pow(demand.layers[layer].fps / all_fps, demand.is_screen ? 0.2 : 0.5);
  return WeightOf(demand) * std::log2(1 + lines * lines) * frames;
}

Worth WorthOf(const Case& made, const std::vector<std::optional<uint8_t>>& layers) {
  Worth worth;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i]) continue;
    const Demand& demand = made.demands[i];
    worth.presence += uint64_t{1} << (16 * static_cast<unsigned>(RankOf(demand)));
    if (!demand.layers[*layers[i]].available) continue;
    worth.quality += QualityOf(demand, *layers[i]);
    worth.rate_bps += demand.layers[*layers[i]].rate.bps();
  }
  return worth;
}

void Best(const Case& made, DataRate budget, std::vector<std::optional<uint8_t>>& layers,
          Worth& best) {
  if (layers.size() == made.demands.size()) {
    const Worth worth = WorthOf(made, layers);
    if (worth.rate_bps > budget.bps()) return;
    if (std::tuple(worth.presence, worth.quality) > std::tuple(best.presence, best.quality)) {
      best = worth;
    }
    return;
  }
  const Demand& demand = made.demands[layers.size()];
  layers.push_back(std::nullopt);
  Best(made, budget, layers, best);
  bool any = false;
  for (uint8_t layer = 0; layer < demand.layers.size(); ++layer) {
    if (!demand.layers[layer].available) continue;
    any = true;
    layers.back() = layer;
    Best(made, budget, layers, best);
  }
  // A track that sends nothing yet is waited for, at no cost.
  if (!any) {
    layers.back() = 0;
    Best(made, budget, layers, best);
  }
  layers.pop_back();
}

Worth BestOf(const Case& made, DataRate budget) {
  Worth best;
  std::vector<std::optional<uint8_t>> layers;
  Best(made, budget, layers, best);
  return best;
}

Worth AllocatedTo(const Case& made, DataRate budget, AllocationWorkspace& workspace) {
  Allocation allocation;
  workspace.Allocate(made.demands, AllocationBudget::Of(budget), allocation);
  std::vector<std::optional<uint8_t>> layers;
  for (const Grant& grant : allocation.grants) layers.push_back(grant.layer);
  const Worth worth = WorthOf(made, layers);
  EXPECT_EQ(allocation.total.bps(), worth.rate_bps);
  EXPECT_EQ(allocation.presence, worth.presence);
  EXPECT_NEAR(allocation.quality, worth.quality, 1e-6);
  return worth;
}

// The case with nobody but those who are shown. Where not all fit, the rule decides who is: by
// rank, then the cheapest.
Case OnlyShown(const Case& made, DataRate budget, AllocationWorkspace& workspace) {
  Allocation allocation;
  workspace.Allocate(made.demands, AllocationBudget::Of(budget), allocation);
  // Its demands look into the layers of `made`.
  Case shown;
  for (size_t i = 0; i < made.demands.size(); ++i) {
    if (allocation.grants[i].layer) shown.demands.push_back(made.demands[i]);
  }
  return shown;
}

DataRate RandomBudget(Random& random) {
  const uint32_t most_kbps = random.Next32() % 2 == 0 ? 6000 : 1500;
  return DataRate::Kbps(20 + random.Next32() % most_kbps);
}

TEST(AllocateOracle, NeverAboveTheBudgetAndNearlyAsGoodAsTheBest) {
  constexpr int kCases = 1500;
  AllocationWorkspace workspace;
  double gaps = 0;
  for (uint64_t seed = 1; seed <= kCases; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed);
    const Case made = RandomCase(random);
    const DataRate budget = RandomBudget(random);
    const Worth ours = AllocatedTo(made, budget, workspace);
    EXPECT_LE(ours.rate_bps, budget.bps());
    // As many are shown as can be, by rank.
    EXPECT_EQ(ours.presence, BestOf(made, budget).presence);
    const Worth best = BestOf(OnlyShown(made, budget, workspace), budget);
    if (best.quality == 0) continue;
    gaps += 1 - ours.quality / best.quality;
    EXPECT_GE(ours.quality, 0.9 * best.quality);
  }
  EXPECT_LE(gaps / kCases, 0.005);
}

TEST(AllocateOracle, MoreBudgetNeverMakesItWorse) {
  AllocationWorkspace workspace;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed);
    const Case made = RandomCase(random);
    Worth before;
    for (int64_t kbps = 20; kbps < 8000; kbps += 1 + kbps / 20) {
      const Worth now = AllocatedTo(made, DataRate::Kbps(kbps), workspace);
      EXPECT_GE(now.presence, before.presence) << kbps;
      if (now.presence == before.presence) {
        EXPECT_GE(now.quality, before.quality - 1e-9) << kbps;
      }
      before = now;
    }
  }
}

TEST(AllocateOracle, NobodyIsRaisedWhileABaseLayerWouldFitInstead) {
  AllocationWorkspace workspace;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed);
    const Case made = RandomCase(random);
    const DataRate budget = RandomBudget(random);
    Allocation allocation;
    workspace.Allocate(made.demands, AllocationBudget::Of(budget), allocation);
    // What would be free if everybody of this or a lower rank fell to the base layer.
    Ladder ladder;
    for (size_t i = 0; i < made.demands.size(); ++i) {
      if (allocation.grants[i].pause != PauseReason::kLackOfRate) continue;
      ladder.Build(made.demands[i]);
      int64_t needed_bps = ladder.base().rate_bps;
      for (size_t j = 0; j < made.demands.size(); ++j) {
        if (!allocation.grants[j].layer) continue;
        ladder.Build(made.demands[j]);
        needed_bps += ladder.base().rate_bps;
      }
      EXPECT_GT(needed_bps, budget.bps());
    }
  }
}

TEST(AllocateOracle, TheOrderOfTheTracksDoesNotChangeWhatTheyAreWorth) {
  AllocationWorkspace workspace;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed);
    Case made = RandomCase(random);
    const DataRate budget = RandomBudget(random);
    const Worth forward = AllocatedTo(made, budget, workspace);
    std::ranges::reverse(made.demands);
    const Worth backward = AllocatedTo(made, budget, workspace);
    EXPECT_EQ(forward.presence, backward.presence);
    EXPECT_NEAR(forward.quality, backward.quality, 1e-9);
  }
}

}  // namespace
}  // namespace conclave::router
