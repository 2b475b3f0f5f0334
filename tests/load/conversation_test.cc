#include "tests/load/conversation.h"

#include <gtest/gtest.h>

#include <set>

namespace conclave::load {
namespace {

// ITU-T P.59 table 1: how much of the time one of two talks, both, and nobody.
TEST(ConversationTest, TalksAsMuchAsP59Says) {
  SeededRandom random(3);
  constexpr Duration kLength = Duration::Seconds(3600);
  const auto spurts = MakeConversation(2, kLength, random);
  ConversationCursor cursor(spurts, 2);
  int64_t both = 0;
  int64_t nobody = 0;
  int64_t first = 0;
  constexpr int kSteps = 360'000;
  for (int i = 0; i < kSteps; ++i) {
    const Duration at = Duration::Millis(10) * i;
    cursor.Advance(at);
    const bool a = cursor.Speaks(0, at);
    const bool b = cursor.Speaks(1, at);
    both += a && b;
    nobody += !a && !b;
    first += a;
  }
  EXPECT_NEAR(static_cast<double>(first) / kSteps, 0.385, 0.04);
  EXPECT_NEAR(static_cast<double>(both) / kSteps, 0.066, 0.02);
  EXPECT_NEAR(static_cast<double>(nobody) / kSteps, 0.225, 0.04);
}

TEST(ConversationTest, EverybodyHasHisTurnAndNeverOverlapsHimself) {
  SeededRandom random(4);
  const auto spurts = MakeConversation(5, Duration::Seconds(600), random);
  std::set<uint32_t> spoke;
  std::vector<Duration> end(5);
  Duration begin;
  for (const Talkspurt& spurt : spurts) {
    EXPECT_GE(spurt.begin, begin);
    EXPECT_GE(spurt.begin, end[spurt.talker]);
    EXPECT_GT(spurt.end, spurt.begin);
    begin = spurt.begin;
    end[spurt.talker] = spurt.end;
    spoke.insert(spurt.talker);
  }
  EXPECT_EQ(spoke.size(), 5U);
}

TEST(ConversationTest, OneSpeaksAloneAndNobodyNotAtAll) {
  SeededRandom random(5);
  EXPECT_TRUE(MakeConversation(0, Duration::Seconds(10), random).empty());
  const auto spurts = MakeConversation(1, Duration::Seconds(60), random);
  EXPECT_GT(spurts.size(), 10U);
  for (const Talkspurt& spurt : spurts) EXPECT_EQ(spurt.talker, 0U);
}

}  // namespace
}  // namespace conclave::load
