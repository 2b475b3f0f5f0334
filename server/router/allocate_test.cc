#include "router/allocate.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <vector>

namespace conclave::router {
namespace {

using ::testing::ElementsAre;
using Layers = std::vector<std::optional<uint8_t>>;

constexpr std::array<media::LayerState, 3> kCamera = {
    media::LayerState{true, 180, DataRate::Kbps(150)},
    media::LayerState{true, 360, DataRate::Kbps(500)},
    media::LayerState{true, 720, DataRate::Kbps(1500)}};
constexpr std::array<media::LayerState, 3> kCameraStarting = {media::LayerState{false, 180, {}},
                                                              media::LayerState{false, 360, {}},
                                                              media::LayerState{false, 720, {}}};
constexpr std::array<media::LayerState, 1> kSingleLayer = {
    media::LayerState{true, 1080, DataRate::Kbps(1500)}};

Allocation AllocationFor(const std::vector<Demand>& demands, const AllocationBudget& budget) {
  AllocationWorkspace workspace;
  Allocation allocation;
  workspace.Allocate(demands, budget, allocation);
  return allocation;
}

Layers LayersOf(const Allocation& allocation) {
  Layers layers;
  for (const Grant& grant : allocation.grants) layers.push_back(grant.layer);
  return layers;
}

Layers LayersFor(const std::vector<Demand>& demands) {
  return LayersOf(AllocationFor(demands, AllocationBudget::Unlimited()));
}

Layers LayersFor(const std::vector<Demand>& demands, DataRate budget) {
  return LayersOf(AllocationFor(demands, AllocationBudget::Of(budget)));
}

TEST(Allocate, WithoutALimitEverybodyGetsWhatTheTileNeeds) {
  EXPECT_THAT(LayersFor({{.layers = kCamera, .height_px = 150},
                         {.layers = kCamera, .height_px = 360},
                         {.layers = kCamera, .height_px = 1080},
                         {.layers = kCamera, .height_px = 0}}),
              ElementsAre(0, 1, 2, std::nullopt));
}

TEST(Allocate, ABudgetFirstServesEverybodyThenRaisesWhatABitBuysMostFor) {
  const std::vector<Demand> demands = {{.layers = kCamera, .height_px = 720},
                                       {.layers = kCamera, .height_px = 720}};
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(300)), ElementsAre(0, 0));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(800)), ElementsAre(1, 0));
  // Two middle layers rather than one high one.
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(1600)), ElementsAre(1, 1));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(2000)), ElementsAre(2, 1));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(5000)), ElementsAre(2, 2));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(200)), ElementsAre(0, std::nullopt));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(100)), ElementsAre(std::nullopt, std::nullopt));
}

TEST(Allocate, HalfTheFramesGoBeforeHalfTheLinesUntilAFaceStutters) {
  std::array<media::LayerState, 3> layers = kCamera;
  for (media::LayerState& layer : layers) {
    layer.temporal_layers = 2;
    layer.shares = {60, 100, 100, 100};
  }
  const auto choice = [&](uint8_t fps, bool is_screen) {
    for (media::LayerState& layer : layers) layer.fps = fps;
    const std::vector<Demand> demands = {
        {.layers = layers, .height_px = 720, .is_screen = is_screen}};
    return AllocationFor(demands, AllocationBudget::Of(DataRate::Kbps(350))).grants[0].choice();
  };
  const LayerChoice lines(1, 0);
  const LayerChoice frames(0, media::kAllFrames);
  EXPECT_EQ(choice(30, false), lines);
  EXPECT_EQ(choice(10, false), frames);
  EXPECT_EQ(choice(10, true), lines);
}

TEST(Allocate, ASourceWithFewFramesIsWorthNoLess) {
  std::array<media::LayerState, 3> slow = kCamera;
  for (media::LayerState& layer : slow) layer.fps = 5;
  EXPECT_THAT(LayersFor({{.layers = slow, .height_px = 720}, {.layers = kCamera, .height_px = 720}},
                        DataRate::Kbps(800)),
              ElementsAre(1, 0));
}

TEST(Allocate, TheStageGoesFirstThenWhatIsPinned) {
  const std::vector<Demand> demands = {{.layers = kCamera, .height_px = 720},
                                       {.layers = kCamera, .height_px = 720, .pinned = true},
                                       {.layers = kCamera, .height_px = 720, .on_stage = true}};
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(150)), ElementsAre(std::nullopt, std::nullopt, 0));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(300)), ElementsAre(std::nullopt, 0, 0));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(2400)), ElementsAre(0, 1, 2));
}

TEST(Allocate, NobodyIsRaisedWhileSomebodyWhoWouldFitIsNotShown) {
  // The stage could have its middle layer, the others' base layers go before it.
  EXPECT_THAT(LayersFor({{.layers = kCamera, .height_px = 720, .on_stage = true},
                         {.layers = kCamera, .height_px = 180},
                         {.layers = kCamera, .height_px = 180},
                         {.layers = kCamera, .height_px = 180}},
                        DataRate::Kbps(640)),
              ElementsAre(0, 0, 0, 0));
}

TEST(Allocate, ALargePictureThatDoesNotFitDoesNotKeepOutTheOthers) {
  const std::vector<Demand> demands = {
      {.layers = kSingleLayer, .height_px = 1080, .is_screen = true},
      {.layers = kSingleLayer, .height_px = 1080, .is_screen = true},
      {.layers = kCamera, .height_px = 360},
      {.layers = kCamera, .height_px = 360}};
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(800)),
              ElementsAre(std::nullopt, std::nullopt, 1, 0));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(1800)), ElementsAre(0, std::nullopt, 0, 0));
}

TEST(Allocate, AnUpgradeThatDoesNotFitDoesNotBlockSmallerOnes) {
  std::array<media::LayerState, 3> large = kCamera;
  large[2].rate = DataRate::Kbps(2500);
  // 900 are left when both have their middle layers, too little for either's high one.
  EXPECT_THAT(LayersFor({{.layers = large, .height_px = 720, .on_stage = true},
                         {.layers = large, .height_px = 720, .pinned = true},
                         {.layers = kCamera, .height_px = 360},
                         {.layers = kCamera, .height_px = 360}},
                        DataRate::Kbps(2200)),
              ElementsAre(1, 1, 1, 1));
}

TEST(Allocate, ASharedScreenGetsItsLinesBeforeItsFrames) {
  constexpr std::array<media::LayerState, 4> kPoints = {
      media::LayerState{true, 360, DataRate::Kbps(200), false, 30},
      media::LayerState{true, 540, DataRate::Kbps(250), false, 10},
      media::LayerState{true, 1080, DataRate::Kbps(600), false, 10},
      media::LayerState{true, 1080, DataRate::Kbps(900), false, 30}};
  const Demand screen{.layers = kPoints, .height_px = 1080, .is_screen = true};
  const Demand camera{.layers = kPoints, .height_px = 1080};
  EXPECT_THAT(LayersFor({screen}, DataRate::Kbps(260)), ElementsAre(1));
  EXPECT_THAT(LayersFor({camera}, DataRate::Kbps(260)), ElementsAre(0));
  EXPECT_THAT(LayersFor({screen}, DataRate::Kbps(700)), ElementsAre(2));
  // A text is not enlarged, a face may be.
  EXPECT_THAT(LayersFor({{.layers = kCamera, .height_px = 400, .is_screen = true}}),
              ElementsAre(2));
  EXPECT_THAT(LayersFor({{.layers = kCamera, .height_px = 400}}), ElementsAre(1));
}

TEST(Allocate, AHigherLayerThatCostsLessIsTaken) {
  std::array<media::LayerState, 3> layers = kCamera;
  layers[2].rate = DataRate::Kbps(120);
  EXPECT_THAT(LayersFor({{.layers = layers, .height_px = 180}}, DataRate::Kbps(130)),
              ElementsAre(2));
}

TEST(Allocate, ALayerThatHasOnlyJustBegunIsNotFreeAndOneThatStandsStillIs) {
  std::array<media::LayerState, 3> layers = kCamera;
  layers[2].rate = DataRate();
  EXPECT_THAT(LayersFor({{.layers = layers, .height_px = 720}}, DataRate::Kbps(600)),
              ElementsAre(1));
  layers[2].idle = true;
  EXPECT_THAT(LayersFor({{.layers = layers, .height_px = 720}}, DataRate::Kbps(600)),
              ElementsAre(2));
}

TEST(Allocate, ATrackThatSendsNothingYetIsWaitedForAtItsLowestLayer) {
  EXPECT_THAT(LayersFor({{.layers = kCameraStarting, .height_px = 720}}), ElementsAre(0));
  EXPECT_THAT(LayersFor({{.layers = {}, .height_px = 720}}), ElementsAre(std::nullopt));
}

TEST(Allocate, PausesAreReportedWithTheirReason) {
  const Allocation allocation = AllocationFor({{.layers = kCamera, .height_px = 0},
                                               {.layers = kCamera, .height_px = 180},
                                               {.layers = kCamera, .height_px = 180}},
                                              AllocationBudget::Of(DataRate::Kbps(200)));
  EXPECT_EQ(allocation.grants[0].pause, PauseReason::kNotWanted);
  EXPECT_EQ(allocation.grants[1].pause, PauseReason::kNone);
  EXPECT_EQ(allocation.grants[2].pause, PauseReason::kLackOfRate);
}

TEST(Allocate, TheNextStepIsWhatAProbeHasToFind) {
  const std::vector<Demand> demands = {{.layers = kCamera, .height_px = 720},
                                       {.layers = kCamera, .height_px = 360}};
  const auto at = [&](int64_t kbps) {
    return AllocationFor(demands, AllocationBudget::Of(DataRate::Kbps(kbps)));
  };
  EXPECT_EQ(at(200).next_step, DataRate::Kbps(150)) << "the other's base layer";
  EXPECT_EQ(at(300).next_step, DataRate::Kbps(350));
  EXPECT_EQ(at(1100).next_step, DataRate::Kbps(1000));
  EXPECT_EQ(at(2000).next_step, DataRate());
  EXPECT_EQ(at(2000).total, DataRate::Kbps(2000));
  EXPECT_EQ(at(300).desired, DataRate::Kbps(2000));
}

TEST(Allocate, LayersAreRaisedWithinTheRaiseBudgetOnly) {
  const std::vector<Demand> demands = {{.layers = kCamera, .height_px = 720},
                                       {.layers = kCamera, .height_px = 720}};
  const AllocationBudget budget{DataRate::Kbps(5000), DataRate::Kbps(700)};
  EXPECT_THAT(LayersOf(AllocationFor(demands, budget)), ElementsAre(1, 0));
  const AllocationBudget quiet{DataRate::Kbps(5000), DataRate()};
  EXPECT_THAT(LayersOf(AllocationFor(demands, quiet)), ElementsAre(0, 0));
}

TEST(VideoBudget, AudioGoesFirst) {
  EXPECT_EQ(VideoBudget(DataRate::Kbps(1100), DataRate::Kbps(100)), DataRate::Kbps(940));
  EXPECT_EQ(VideoBudget(DataRate::Kbps(80), DataRate::Kbps(100)), DataRate::Bps(1));
}

}  // namespace
}  // namespace conclave::router
