#include "router/layer_ladder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace conclave::router {
namespace {

constexpr media::LayerState Sent(uint16_t height_px, int64_t kbps) {
  return {.available = true, .height_px = height_px, .rate = DataRate::Kbps(kbps)};
}
constexpr media::LayerState Off(uint16_t height_px, int64_t kbps) {
  return {.height_px = height_px, .rate = DataRate::Kbps(kbps), .dormant = true};
}
constexpr media::LayerState Missing(uint16_t height_px) { return {.height_px = height_px}; }

TEST(LayerLadder, ALayerThatIsSwitchedOffCountsAtItsLastRate) {
  const std::array layers = {Sent(180, 150), Off(360, 400), Off(720, 1200)};
  Ladder ladder;
  ladder.Build({.layers = layers, .height_px = 720});
  ASSERT_EQ(ladder.rungs().size(), 3u);
  EXPECT_EQ(ladder.rungs()[1].rate_bps, 400'000);
  EXPECT_EQ(ladder.top().rate_bps, 1'200'000);
}

TEST(LayerLadder, ALayerThatNeverCameAndIsSwitchedOffCountsAtATypicalRate) {
  const std::array layers = {Sent(180, 150), Off(360, 0), Off(720, 0)};
  Ladder ladder;
  ladder.Build({.layers = layers, .height_px = 720});
  EXPECT_NEAR(static_cast<double>(ladder.rungs()[1].rate_bps), 505'000, 10'000);
  EXPECT_NEAR(static_cast<double>(ladder.top().rate_bps), 1'700'000, 20'000);
}

TEST(LayerLadder, TheIdealLayerIsTheSameWhetherItComesOrNot) {
  const std::array layers = {Sent(180, 150), Missing(360), Off(720, 1200)};
  EXPECT_EQ(IdealLayer({.layers = layers, .height_px = 180}), 0);
  EXPECT_EQ(IdealLayer({.layers = layers, .height_px = 400}), 1);
  EXPECT_EQ(IdealLayer({.layers = layers, .height_px = 2160}), 2);
  EXPECT_EQ(IdealLayer({.layers = layers, .height_px = 0}), std::nullopt);
  EXPECT_EQ(TopUsefulLayer({.layers = layers, .height_px = 360}), 2);
}

// In three temporal layers.
constexpr media::LayerState Layered(uint16_t height_px, int64_t kbps) {
  media::LayerState state = Sent(height_px, kbps);
  state.temporal_layers = 3;
  state.shares = {40, 60, 100, 100};
  return state;
}

TEST(LayerLadder, FewerFramesAreCheaperWaysToShowALayer) {
  const std::array layers = {Layered(180, 150), Layered(720, 1000)};
  Ladder ladder;
  ladder.Build({.layers = layers, .height_px = 720});
  std::vector<std::pair<LayerChoice, int64_t>> rungs;
  for (const Rung& rung : ladder.rungs()) rungs.emplace_back(rung.choice, rung.rate_bps / 1000);
  const std::vector<std::pair<LayerChoice, int64_t>> expected = {
      {{0, 0}, 60}, {{0, 1}, 90}, {0, 150}, {{1, 1}, 600}, {1, 1000}};
  EXPECT_EQ(rungs, expected) << "720 lines at 7 frames a second are worth less than 180 at 30";
  EXPECT_EQ(ladder.base().choice, LayerChoice(0, 0)) << "a few frames before no picture at all";
}

TEST(LayerLadder, ATextLosesItsFramesBeforeItsLines) {
  const std::array layers = {Layered(360, 500), Layered(1080, 2000)};
  Ladder ladder;
  ladder.Build({.layers = layers, .height_px = 1080, .is_screen = true});
  const auto worth = [&](const LayerChoice& choice) {
    return std::ranges::find(ladder.rungs(), choice, &Rung::choice)->utility;
  };
  EXPECT_GT(worth({1, 0}), worth(0));
}

TEST(LayerLadder, WhatIsSentStaysWithItsFrames) {
  const std::array layers = {Layered(180, 150), Layered(720, 1000)};
  const Demand demand = {.layers = layers, .height_px = 720, .current = LayerChoice(1, 1)};
  EXPECT_EQ(KeptLayer(demand), LayerChoice(1, 1));
  Demand limited = demand;
  limited.floor = demand.current;
  Ladder ladder;
  ladder.Build(limited);
  EXPECT_EQ(ladder.base().choice, LayerChoice(1, 1));
  limited = demand;
  limited.ceiling = demand.current;
  ladder.Build(limited);
  EXPECT_EQ(ladder.top().choice, LayerChoice(1, 1));
  const std::array fewer = {Sent(180, 150), Sent(720, 1000)};
  EXPECT_EQ(KeptLayer({.layers = fewer, .height_px = 720, .current = LayerChoice(1, 1)}), 1)
      << "a stream that has no temporal layers any more";
}

TEST(LayerLadder, FourByFourPointsFit) {
  std::array layers = {Layered(90, 50), Layered(180, 150), Layered(360, 500), Layered(720, 1500)};
  for (media::LayerState& layer : layers) {
    layer.temporal_layers = 4;
    layer.shares = media::TypicalShares(4);
  }
  Ladder ladder;
  ladder.Build({.layers = layers, .height_px = 720});
  EXPECT_LE(ladder.rungs().size(), kRungsMax);
  EXPECT_EQ(ladder.top().choice, LayerChoice(3));
}

TEST(BridgeTo, WhatIsBeingSentNeedsNoBridge) {
  const std::array layers = {Sent(180, 150), Sent(360, 400), Off(720, 1200)};
  EXPECT_EQ(BridgeTo(1, std::nullopt, layers), 1);
  EXPECT_EQ(BridgeTo(1, 0, layers), 1);
}

TEST(BridgeTo, WhatASlotHasGoesOnUntilTheNewLayerComes) {
  const std::array layers = {Sent(180, 150), Sent(360, 400), Off(720, 1200)};
  EXPECT_EQ(BridgeTo(2, 0, layers), 2);
  EXPECT_EQ(BridgeTo(2, 1, layers), 2);
}

TEST(BridgeTo, AnEmptySlotGetsTheBestThatIsThere) {
  const std::array layers = {Sent(180, 150), Sent(360, 400), Off(720, 1200)};
  EXPECT_EQ(BridgeTo(2, std::nullopt, layers), 1);
}

TEST(BridgeTo, WhatCostsTooMuchDoesNotGoOn) {
  const std::array layers = {Sent(180, 150), Off(360, 400), Sent(720, 1200)};
  EXPECT_EQ(BridgeTo(1, 2, layers), 0);
}

TEST(BridgeTo, WithoutAnythingToSendTheLayerItselfIsWaitedFor) {
  const std::array all_off = {Off(180, 150), Off(360, 400), Off(720, 1200)};
  EXPECT_EQ(BridgeTo(2, std::nullopt, all_off), 2);
  const std::array too_large = {Off(180, 150), Missing(360), Sent(720, 1200)};
  EXPECT_EQ(BridgeTo(0, 2, too_large), 0);
}

}  // namespace
}  // namespace conclave::router
