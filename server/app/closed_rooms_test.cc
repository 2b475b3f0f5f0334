#include "app/closed_rooms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace conclave::app {
namespace {

using ::testing::ElementsAre;

TEST(ClosedRooms, AreAddressesOrWholeLinksOneALine) {
  EXPECT_THAT(ParseClosedRooms("# after a complaint\nopen/tea\n\n  /r/abc-def \r\n"
                               "https://meet.example/r/xyz#1.c2VjcmV0\n#open/not-this\nopen/last"),
              ElementsAre("open/tea", "r/abc-def", "r/xyz", "open/last"));
  EXPECT_THAT(ParseClosedRooms(""), ElementsAre());
  EXPECT_THAT(ParseClosedRooms("https://meet.example"), ElementsAre());
}

TEST(ClosedRooms, AFileThatIsNotThereIsAnError) {
  EXPECT_FALSE(ReadClosedRooms("/nonexistent/closed").has_value());
}

}  // namespace
}  // namespace conclave::app
