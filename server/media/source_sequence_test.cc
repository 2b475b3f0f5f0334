#include "media/source_sequence.h"

#include <gtest/gtest.h>

#include "media/test_support.h"

namespace conclave::media {
namespace {

TEST(SourceSequence, UnwrapsOverTheEnd) {
  SourceSequence source;
  const int64_t first = *source.OnPacket(65530);
  for (int i = 1; i < 200000; ++i) {
    ASSERT_EQ(source.OnPacket(static_cast<uint16_t>(65530 + i)), first + i);
  }
}

TEST(SourceSequence, PlacesLatePacketsBeforeTheFirst) {
  SourceSequence source;
  const int64_t first = *source.OnPacket(1);
  EXPECT_EQ(source.OnPacket(65535), first - 2);
  EXPECT_GT(first - 2, 0);
}

TEST(SourceSequence, RefusesASinglePacketFarOff) {
  SourceSequence source;
  const int64_t first = *source.OnPacket(1000);
  EXPECT_FALSE(source.OnPacket(10000));
  EXPECT_EQ(source.OnPacket(1001), first + 1);
  // Two far off, but not in a row: no restart either.
  EXPECT_FALSE(source.OnPacket(20000));
  EXPECT_FALSE(source.OnPacket(30000));
  EXPECT_EQ(source.OnPacket(1002), first + 2);
}

TEST(SourceSequence, ARestartGoesOnAheadOfAllThatWas) {
  for (const int jump : {3500, 20000, 32768, 40000, 62000}) {
    SourceSequence source;
    const int64_t last = *source.OnPacket(50000);
    const auto restart = static_cast<uint16_t>(50000 + jump);
    EXPECT_FALSE(source.OnPacket(restart)) << jump;
    const auto second = source.OnPacket(static_cast<uint16_t>(restart + 1));
    ASSERT_TRUE(second) << jump;
    EXPECT_GT(*second, last + 32768) << jump;
    EXPECT_EQ(static_cast<uint16_t>(*second), static_cast<uint16_t>(restart + 1));
    EXPECT_EQ(source.OnPacket(static_cast<uint16_t>(restart + 2)), *second + 1);
  }
}

TEST(SourceSequence, PeekTakesNothingIn) {
  SourceSequence source;
  EXPECT_FALSE(source.Peek(5));
  const int64_t first = *source.OnPacket(100);
  EXPECT_EQ(source.Peek(90), first - 10);
  EXPECT_FALSE(source.Peek(40000));
  EXPECT_EQ(source.OnPacket(101), first + 1);
}

TEST(SourceSequence, SurvivesReorderingAndLoss) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SeededRandom random(seed);
    SourceSequence source;
    const int64_t start = 65536 + Below(random, 65536);
    ASSERT_EQ(source.OnPacket(static_cast<uint16_t>(start)), start);
    int64_t newest = start;
    for (int i = 0; i < 20000; ++i) {
      newest += Below(random, 100);
      const int64_t sent = std::max(newest - Below(random, 50), start);
      ASSERT_EQ(source.OnPacket(static_cast<uint16_t>(sent)), sent) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace conclave::media
