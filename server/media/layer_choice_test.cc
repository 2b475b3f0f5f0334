#include "media/layer_choice.h"

#include <gtest/gtest.h>

#include <array>

namespace conclave::media {
namespace {

using Layers = std::array<LayerState, 3>;

const Layers kAll = {LayerState{true, 180, DataRate::Kbps(150)},
                     LayerState{true, 360, DataRate::Kbps(500)},
                     LayerState{true, 720, DataRate::Kbps(1700)}};

std::optional<uint8_t> Choose(uint16_t wish_px, const Layers& layers, int64_t kbps = 0,
                              std::optional<uint8_t> current = std::nullopt) {
  return ChooseLayer(wish_px, layers, DataRate::Kbps(kbps), current);
}

TEST(LayerChoice, TheSmallestThatIsHighEnough) {
  EXPECT_EQ(Choose(0, kAll), std::nullopt);
  EXPECT_EQ(Choose(90, kAll), 0);
  EXPECT_EQ(Choose(180, kAll), 0);
  EXPECT_EQ(Choose(225, kAll), 0);
  EXPECT_EQ(Choose(226, kAll), 1);
  EXPECT_EQ(Choose(450, kAll), 1);
  EXPECT_EQ(Choose(600, kAll), 2);
  EXPECT_EQ(Choose(2160, kAll), 2);
}

TEST(LayerChoice, WhatIsNotSentCannotBeChosen) {
  Layers layers = kAll;
  layers[2].available = false;
  EXPECT_EQ(Choose(720, layers), 1);
  layers[0].available = false;
  EXPECT_EQ(Choose(90, layers), 1);
  layers[1].available = false;
  EXPECT_EQ(Choose(720, layers), std::nullopt);
  layers[2].available = true;
  EXPECT_EQ(Choose(90, layers), 2);
}

TEST(LayerChoice, TheBudgetLimitsButNeverPauses) {
  EXPECT_EQ(Choose(720, kAll, 10000), 2);
  EXPECT_EQ(Choose(720, kAll, 700), 1);
  EXPECT_EQ(Choose(720, kAll, 300), 0);
  EXPECT_EQ(Choose(720, kAll, 10), 0);
}

TEST(LayerChoice, AWaveringRateDoesNotSwitchToAndFro) {
  // 1700 kbps at a budget of 1800: not worth going up for, but no reason to go down either.
  EXPECT_EQ(Choose(720, kAll, 1800, 1), 1);
  EXPECT_EQ(Choose(720, kAll, 1800, 2), 2);
  EXPECT_EQ(Choose(720, kAll, 1600, 2), 1);
  EXPECT_EQ(Choose(720, kAll, 2100, 1), 2);
}

TEST(LayerChoice, AssumesHalvings) {
  EXPECT_EQ(AssumedHeight(0, 1), 720);
  EXPECT_EQ(AssumedHeight(0, 3), 180);
  EXPECT_EQ(AssumedHeight(1, 3), 360);
  EXPECT_EQ(AssumedHeight(2, 3), 720);
}

}  // namespace
}  // namespace conclave::media
