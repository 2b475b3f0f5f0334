#include "signal/room_name.h"

#include <gtest/gtest.h>

#include "signal/limits.h"

namespace conclave::signal {
namespace {

std::string NameOf(std::string_view address) { return ParseRoomName(address).value(); }

TEST(RoomName, CaseDoesNotSeparatePeople) {
  EXPECT_EQ(NameOf("open/weekly-standup"), "open/weekly-standup");
  EXPECT_EQ(NameOf("open/Weekly_Standup.2~"), "open/weekly_standup.2~");
  EXPECT_EQ(NameOf("n/Weekly"), "n/weekly");
}

TEST(RoomName, LengthIsThatOfTheWholeAddress) {
  EXPECT_EQ(NameOf("open/a"), "open/a");
  EXPECT_EQ(NameOf("open/" + std::string(kRoomNameBytesMax - 5, 'a')).size(), kRoomNameBytesMax);
  EXPECT_FALSE(ParseRoomName("open/" + std::string(kRoomNameBytesMax - 4, 'a')));
  EXPECT_FALSE(ParseRoomName("open/"));
  EXPECT_FALSE(ParseRoomName(""));
}

TEST(RoomName, OnlyWhatAUrlCarries) {
  for (const char* bad :
       {"open/a b", "open/a/b", "open/a%20", "open/\xc3\xa9", "open/a\n", "open/.", "open/..",
        "OPEN/a",   "/open/a",  "tea",       "open/a#1.x",    "open/a?b", "n/",     "n/a/b",
        "n/%2F",    "n/%7F",    "n/%C",      "n/%",           "n/%G0",    "n/%%C3"}) {
    EXPECT_FALSE(ParseRoomName(bad)) << bad;
  }
  EXPECT_FALSE(ParseRoomName(std::string_view("open/a\0b", 8)));
}

TEST(RoomName, NamesInAnyScriptAreEscaped) {
  EXPECT_EQ(NameOf("n/zo%C3%AB"), "n/zo%c3%ab");
  EXPECT_EQ(NameOf("open/%e4%bc%9a"), "open/%e4%bc%9a");
}

TEST(RoomName, ThatOfALinkWithASecretIsKeptToTheLetter) {
  EXPECT_EQ(NameOf("r/aB3-x"), "r/aB3-x");
  EXPECT_FALSE(ParseRoomName("r/"));
  EXPECT_FALSE(ParseRoomName("r/a#1.secret"));
  EXPECT_FALSE(ParseRoomName("r/zo%C3%AB"));
}

}  // namespace
}  // namespace conclave::signal
