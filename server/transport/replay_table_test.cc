#include "transport/replay_table.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/random.h"

namespace conclave::transport {
namespace {

TEST(ReplayTable, KnowsNothingOfANewSsrc) {
  ReplayTable table(2, 8);
  EXPECT_FALSE(table.Find(1).highest().has_value());
  EXPECT_FALSE(table.Find(1).Seen(0));
  EXPECT_EQ(table.ssrcs(), 0u) << "looking makes no entry";
}

TEST(ReplayTable, TheStreamsHeardLastAreFollowedPacketByPacket) {
  ReplayTable table(2, 8);
  for (uint32_t ssrc = 1; ssrc <= 3; ++ssrc) {
    ASSERT_TRUE(table.Mark(ssrc, 10));
    ASSERT_TRUE(table.Mark(ssrc, 12));
  }
  EXPECT_EQ(table.windows(), 2u);
  EXPECT_FALSE(table.Find(2).Seen(11));
  EXPECT_FALSE(table.Find(3).Seen(11));
  EXPECT_TRUE(table.Find(1).Seen(11)) << "of a parked stream all up to the highest is refused";
  EXPECT_TRUE(table.Find(1).Seen(0));
  EXPECT_FALSE(table.Find(1).Seen(13));
}

TEST(ReplayTable, AStreamThatGoesOnIsWhereItWas) {
  ReplayTable table(1, 8);
  constexpr uint64_t kThirdRollover = (3u << 16) + 70;
  ASSERT_TRUE(table.Mark(1, kThirdRollover));
  ASSERT_TRUE(table.Mark(2, 5));
  EXPECT_EQ(table.Find(1).highest(), kThirdRollover);
  ASSERT_TRUE(table.Mark(1, kThirdRollover + 3));
  // What was above the highest is followed packet by packet again, what was below is not.
  for (uint64_t index = kThirdRollover - 1100; index <= kThirdRollover; ++index) {
    EXPECT_TRUE(table.Find(1).Seen(index)) << index;
  }
  EXPECT_FALSE(table.Find(1).Seen(kThirdRollover + 1));
  EXPECT_FALSE(table.Find(1).Seen(kThirdRollover + 2));
  EXPECT_TRUE(table.Find(1).Seen(kThirdRollover + 3));
}

TEST(ReplayTable, RefusesOneSsrcTooManyAndKeepsTheRest) {
  ReplayTable table(2, 3);
  for (uint32_t ssrc = 1; ssrc <= 3; ++ssrc) ASSERT_TRUE(table.Mark(ssrc, 1));
  EXPECT_FALSE(table.Mark(4, 1));
  EXPECT_TRUE(table.Mark(1, 2));
  EXPECT_TRUE(table.Find(2).Seen(1));
  EXPECT_EQ(table.ssrcs(), 3u);
}

TEST(ReplayTable, NothingIsEverAcceptedTwice) {
  ReplayTable table(4, 64);
  std::map<uint32_t, std::set<uint64_t>> accepted;
  SeededRandom random(11);
  std::map<uint32_t, uint64_t> centre;
  uint64_t refused_though_new = 0;
  for (int i = 0; i < 100'000; ++i) {
    const uint32_t ssrc = random.Next32() % 12;
    centre[ssrc] += random.Next32() % 3;
    const uint64_t index = 2000 + centre[ssrc] - random.Next32() % 20;
    const bool fresh = !accepted[ssrc].contains(index);
    const bool newest = accepted[ssrc].empty() || index > *accepted[ssrc].rbegin();
    const bool seen = table.Find(ssrc).Seen(index);
    ASSERT_TRUE(fresh || seen) << i;
    ASSERT_TRUE(!newest || !seen) << i;
    refused_though_new += fresh && seen;
    if (seen) continue;
    ASSERT_TRUE(table.Mark(ssrc, index));
    accepted[ssrc].insert(index);
    ASSERT_EQ(table.Find(ssrc).highest(), *accepted[ssrc].rbegin());
  }
  EXPECT_GT(refused_though_new, 0u) << "streams were parked in this run";
}

}  // namespace
}  // namespace conclave::transport
