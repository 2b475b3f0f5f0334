#include "signal/room_name.h"

#include <gtest/gtest.h>

#include "signal/limits.h"

namespace conclave::signal {
namespace {

std::string NameOf(std::string_view address) {
  return std::get<std::string>(ParseRoomName(address));
}
RoomNameError ErrorOf(std::string_view address) {
  return std::get<RoomNameRefusal>(ParseRoomName(address)).why;
}

TEST(RoomName, CaseDoesNotSeparatePeople) {
  EXPECT_EQ(NameOf("open/weekly-standup"), "open/weekly-standup");
  EXPECT_EQ(NameOf("open/Weekly_Standup.2~"), "open/weekly_standup.2~");
}

TEST(RoomName, LengthIsThatOfTheWholeAddress) {
  EXPECT_EQ(NameOf("open/a"), "open/a");
  EXPECT_EQ(NameOf("open/" + std::string(kRoomNameBytesMax - 5, 'a')).size(), kRoomNameBytesMax);
  EXPECT_EQ(ErrorOf("open/" + std::string(kRoomNameBytesMax - 4, 'a')), RoomNameError::kInvalid);
  EXPECT_EQ(ErrorOf("open/"), RoomNameError::kInvalid);
  EXPECT_EQ(ErrorOf(""), RoomNameError::kInvalid);
}

TEST(RoomName, OnlyWhatAUrlCarriesUnescaped) {
  for (const char* bad :
       {"open/a b", "open/a/b", "open/a%20", "open/\xc3\xa9", "open/a\n", "open/.", "open/..",
        "OPEN/a", "/open/a", "tea", "open/a#1.x", "open/a?b"}) {
    EXPECT_EQ(ErrorOf(bad), RoomNameError::kInvalid) << bad;
  }
  EXPECT_EQ(ErrorOf(std::string_view("open/a\0b", 8)), RoomNameError::kInvalid);
}

TEST(RoomName, EncryptedModesAreRefusedNotDowngraded) {
  EXPECT_EQ(ErrorOf("n/weekly"), RoomNameError::kModeUnsupported);
}

TEST(RoomName, AnEncryptedRoomsNameIsKeptToTheLetter) {
  EXPECT_EQ(std::get<std::string>(ParseRoomName("r/aB3-x")), "r/aB3-x");
  EXPECT_EQ(ErrorOf("r/"), RoomNameError::kInvalid);
  EXPECT_EQ(ErrorOf("r/a#1.secret"), RoomNameError::kInvalid);
}

}  // namespace
}  // namespace conclave::signal
