#include "sim/redundancy/audio_repair.h"

#include <gtest/gtest.h>

namespace conclave::sim {
namespace {

constexpr Duration kFrame = Duration::Millis(20);

double Share(int64_t part, int64_t all) {
  return static_cast<double>(part) / static_cast<double>(all);
}

TEST(AudioRepair, WithoutRepairWhatIsLostIsMissed) {
  const RepairResult result = RunRepair({.link = {.loss = 0.1}}, {});
  EXPECT_EQ(result.frames, 15'000);
  EXPECT_NEAR(Share(result.missed, result.frames), 0.1, 0.01);
  EXPECT_EQ(result.repaired, 0);
  // 156 bytes each 20 ms.
  EXPECT_EQ(result.rate(), DataRate::Bps(62'400));
}

TEST(AudioRepair, OneMoreOfEitherKindSquaresTheLoss) {
  const RepairScenario scenario = {.link = {.loss = 0.2}};
  const RepairResult copy = RunRepair(scenario, {.copies = 1, .spacing = kFrame * 2});
  const RepairResult block = RunRepair(scenario, {.blocks = 1, .spacing = kFrame * 2});
  for (const RepairResult& result : {copy, block}) {
    EXPECT_NEAR(Share(result.missed, result.frames), 0.04, 0.006);
    EXPECT_EQ(result.waited_most, kFrame * 2);
  }
  EXPECT_LT(block.wire_bytes, copy.wire_bytes);
}

// The frame before a pause has no packet behind it that could carry it again.
TEST(AudioRepair, BlocksDoNotReachTheEndOfASpell) {
  const RepairScenario scenario = {.link = {.loss = 0.2}, .pauses = true};
  const RepairResult copy = RunRepair(scenario, {.copies = 1, .spacing = kFrame * 2});
  const RepairResult block = RunRepair(scenario, {.blocks = 1, .spacing = kFrame * 2});
  EXPECT_GT(block.missed, copy.missed);
}

TEST(AudioRepair, TheBuiltSchemeFollowsTheLoss) {
  EXPECT_EQ(BuiltScheme({.link = {}}).copies, 0);
  EXPECT_EQ(BuiltScheme({.link = {.loss = 0.1}}).copies, 1);
  EXPECT_EQ(BuiltScheme({.link = {.loss = 0.3}}).copies, 2);
}

}  // namespace
}  // namespace conclave::sim
