#include "router/ufrag_table.h"

#include <gtest/gtest.h>

namespace conclave::router {
namespace {

TEST(UfragTable, AParticipantMayHaveTwoAndLosesThemOneByOne) {
  UfragTable table;
  table.Insert("old", ParticipantIndex(3));
  table.Insert("new", ParticipantIndex(3));
  EXPECT_EQ(table.Find("old"), ParticipantIndex(3));
  table.Erase("old");
  EXPECT_EQ(table.Find("old"), std::nullopt);
  EXPECT_EQ(table.Find("new"), ParticipantIndex(3));
  table.Erase("never there");
  EXPECT_EQ(table.size(), 1u);
}

}  // namespace
}  // namespace conclave::router
