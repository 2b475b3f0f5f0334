#include "router/path_table.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"

namespace conclave::router {
namespace {

Path PathOf(uint16_t port, uint8_t host = 1) { return {0, {IpAddress::V4(192, 0, 2, host), port}}; }

TEST(PathTable, FindsWhoOwnsAPathAndNobodyElse) {
  PathTable table;
  table.Insert(PathOf(5000), ParticipantIndex(7));
  EXPECT_EQ(table.Find(PathOf(5000)), ParticipantIndex(7));
  EXPECT_EQ(table.Find(PathOf(5001)), std::nullopt);
  EXPECT_EQ(table.Find({1, PathOf(5000).remote}), std::nullopt) << "another socket, another path";
}

TEST(PathTable, TheLastToProveAPathOwnsIt) {
  PathTable table;
  table.Insert(PathOf(5000), ParticipantIndex(1));
  table.Insert(PathOf(5000), ParticipantIndex(2));
  EXPECT_EQ(table.Find(PathOf(5000)), ParticipantIndex(2));
  table.EraseParticipant(ParticipantIndex(1));
  EXPECT_EQ(table.Find(PathOf(5000)), ParticipantIndex(2));
  EXPECT_EQ(table.size(), 1u);
}

TEST(PathTable, OneParticipantCannotFillIt) {
  PathTable table;
  table.Insert(PathOf(1, 2), ParticipantIndex(1));
  for (uint16_t port = 1; port <= 1000; ++port) table.Insert(PathOf(port), ParticipantIndex(0));
  EXPECT_EQ(table.size(), PathTable::kPathsPerParticipantMax + 1);
  EXPECT_EQ(table.Find(PathOf(1000)), ParticipantIndex(0)) << "the newest stays";
  EXPECT_EQ(table.Find(PathOf(1, 2)), ParticipantIndex(1)) << "others are untouched";
}

TEST(PathTable, KnowsAddressesThatHavePaths) {
  PathTable table;
  table.Insert(PathOf(5000, 7), ParticipantIndex(1));
  table.Insert(PathOf(5001, 7), ParticipantIndex(2));
  EXPECT_TRUE(table.KnowsAddress(PathOf(9, 7).remote.ip)) << "whatever the port";
  EXPECT_FALSE(table.KnowsAddress(PathOf(5000, 8).remote.ip));
  table.Insert(PathOf(5000, 7), ParticipantIndex(2));
  table.EraseParticipant(ParticipantIndex(1));
  EXPECT_TRUE(table.KnowsAddress(PathOf(9, 7).remote.ip));
  table.EraseParticipant(ParticipantIndex(2));
  EXPECT_FALSE(table.KnowsAddress(PathOf(9, 7).remote.ip));
}

TEST(PathTable, AgreesWithAMapUnderRandomOperations) {
  SeededRandom random(1);
  PathTable table;
  std::map<Path, uint32_t> model;
  for (int step = 0; step < 20000; ++step) {
    // Few enough participants for a path's limit never to be reached.
    const ParticipantIndex who(random.Next32() % 200);
    if (random.Next32() % 8 == 0) {
      table.EraseParticipant(who);
      std::erase_if(model, [&](const auto& item) { return item.second == who.value(); });
    } else {
      const Path path = PathOf(static_cast<uint16_t>(random.Next32() % 512));
      table.Insert(path, who);
      model[path] = who.value();
    }
    ASSERT_EQ(table.size(), model.size());
  }
  for (uint16_t port = 0; port < 512; ++port) {
    const auto found = table.Find(PathOf(port));
    const auto expected = model.find(PathOf(port));
    ASSERT_EQ(found.has_value(), expected != model.end()) << port;
    if (found) {
      EXPECT_EQ(found->value(), expected->second);
    }
  }
}

}  // namespace
}  // namespace conclave::router
