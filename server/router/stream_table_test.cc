#include "router/stream_table.h"

#include <gtest/gtest.h>

namespace conclave::router {
namespace {

TEST(StreamTable, FindsTheStreamOfAnSsrc) {
  StreamTable table;
  EXPECT_FALSE(table.Set({0, 0, false}, 100));
  EXPECT_FALSE(table.Set({0, 0, true}, 101));
  EXPECT_EQ(table.Find(101), (StreamKey{0, 0, true}));
  EXPECT_EQ(table.Find(102), std::nullopt);
  EXPECT_EQ(table.SsrcOf({0, 0, false}), 100u);
  EXPECT_EQ(table.SsrcOf({1, 0, false}), 0u);
}

TEST(StreamTable, ANewSsrcOfAStreamReplacesTheOldOne) {
  StreamTable table;
  table.Set({1, 2, false}, 100);
  EXPECT_FALSE(table.Set({1, 2, false}, 100)) << "nothing new";
  EXPECT_TRUE(table.Set({1, 2, false}, 200)) << "a new stream begins";
  EXPECT_EQ(table.Find(100), std::nullopt);
  EXPECT_EQ(table.size(), 1u);
}

TEST(StreamTable, AnSsrcBelongsToOneStreamOnly) {
  StreamTable table;
  table.Set({0, 0, false}, 100);
  table.Set({1, 0, false}, 100);
  EXPECT_EQ(table.Find(100), (StreamKey{1, 0, false}));
  EXPECT_EQ(table.SsrcOf({0, 0, false}), 0u);
  EXPECT_EQ(table.size(), 1u);
}

}  // namespace
}  // namespace conclave::router
