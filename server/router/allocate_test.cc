#include "router/allocate.h"

#include <gmock/gmock.h>

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

Layers LayersFor(const std::vector<Demand>& demands, DataRate budget = DataRate()) {
  Layers layers(demands.size());
  Allocate(demands, budget, layers);
  return layers;
}

TEST(Allocate, WithoutALimitEverybodyGetsWhatTheTileNeeds) {
  EXPECT_THAT(LayersFor({{.layers = kCamera, .height_px = 150},
                         {.layers = kCamera, .height_px = 360},
                         {.layers = kCamera, .height_px = 1080},
                         {.layers = kCamera, .height_px = 0}}),
              ElementsAre(0, 1, 2, std::nullopt));
}

TEST(Allocate, ABudgetFirstServesEverybodyThenRaisesInOrder) {
  const std::vector<Demand> demands = {{.layers = kCamera, .height_px = 720},
                                       {.layers = kCamera, .height_px = 720}};
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(300)), ElementsAre(0, 0));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(800)), ElementsAre(1, 0));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(2000)), ElementsAre(2, 0));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(5000)), ElementsAre(2, 2));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(200)), ElementsAre(0, std::nullopt));
  EXPECT_THAT(LayersFor(demands, DataRate::Kbps(100)), ElementsAre(std::nullopt, std::nullopt));
}

TEST(Allocate, TheStageGoesFirstThenWhatIsPinned) {
  EXPECT_THAT(LayersFor({{.layers = kCamera, .height_px = 720},
                         {.layers = kCamera, .height_px = 720, .pinned = true},
                         {.layers = kCamera, .height_px = 720, .on_stage = true}},
                        DataRate::Kbps(2400)),
              ElementsAre(0, 1, 2));
}

TEST(Allocate, ATrackThatSendsNothingYetIsWaitedForAtItsLowestLayer) {
  EXPECT_THAT(LayersFor({{.layers = kCameraStarting, .height_px = 720}}), ElementsAre(0));
  EXPECT_THAT(LayersFor({{.layers = {}, .height_px = 720}}), ElementsAre(std::nullopt));
}

TEST(Allocate, AWaveringRateDoesNotSwitchToAndFro) {
  // What is being sent may use the whole budget; a switch upwards needs a margin.
  const DataRate tight = DataRate::Kbps(520);
  EXPECT_THAT(LayersFor({{.layers = kCamera, .height_px = 360, .current = 1}}, tight),
              ElementsAre(1));
  EXPECT_THAT(LayersFor({{.layers = kCamera, .height_px = 360, .current = 0}}, tight),
              ElementsAre(0));
}

}  // namespace
}  // namespace conclave::router
