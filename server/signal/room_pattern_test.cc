#include "signal/room_pattern.h"

#include <gtest/gtest.h>

namespace conclave::signal {
namespace {

bool Fits(std::string_view pattern, std::string_view name) {
  const auto parsed = RoomPattern::Parse(pattern);
  EXPECT_TRUE(parsed) << pattern;
  return parsed && parsed->Matches(name);
}

TEST(RoomPattern, AStarStandsForAnything) {
  EXPECT_TRUE(Fits("open/tea", "open/tea"));
  EXPECT_FALSE(Fits("open/tea", "open/teas"));
  EXPECT_FALSE(Fits("open/tea", "open/te"));
  EXPECT_TRUE(Fits("open/staff-*", "open/staff-"));
  EXPECT_TRUE(Fits("open/staff-*", "open/staff-monday"));
  EXPECT_FALSE(Fits("open/staff-*", "n/staff-monday"));
  EXPECT_TRUE(Fits("open/*-staff", "open/a-staff-staff"));
  EXPECT_FALSE(Fits("open/*-staff", "open/a-staffs"));
  EXPECT_TRUE(Fits("r/*a*b*", "r/xxaxxbxx"));
  EXPECT_FALSE(Fits("r/*a*b*", "r/xxbxxaxx"));
  EXPECT_TRUE(Fits("open/**a", "open/aaa"));
  EXPECT_TRUE(Fits("*", "r/anything"));
}

TEST(RoomPattern, IsWrittenAsPeopleWriteNames) {
  EXPECT_TRUE(Fits("open/Staff-*", "open/staff-monday"));
  EXPECT_TRUE(Fits("r/Ab*", "r/Abc")) << "what belongs to a secret is as it is";
  EXPECT_FALSE(Fits("r/Ab*", "r/abc"));
  EXPECT_TRUE(Fits("n/caf%C3%A9*", "n/caf%c3%a9-1"));
}

TEST(RoomPattern, FailsWhereNoRoomFits) {
  for (const char* text : {"", "tea", "staff-*", "*/tea", "open/", "open/a b", "/open/tea",
                           "https://meet.example/open/tea"}) {
    const auto parsed = RoomPattern::Parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().message.find("write it as"), std::string::npos);
  }
}

// Names come from anybody, so a pattern's cost must not explode.
TEST(RoomPattern, ManyStarsEndSoon) {
  const std::string name = "open/" + std::string(100, 'a');
  EXPECT_FALSE(Fits("open/*a*a*a*a*a*a*a*a*a*a*a*a*b", name));
}

}  // namespace
}  // namespace conclave::signal
