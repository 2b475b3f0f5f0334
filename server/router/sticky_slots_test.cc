#include "router/sticky_slots.h"

#include <gmock/gmock.h>

#include <array>
#include <vector>

namespace conclave::router {
namespace {

using ::testing::ElementsAre;

constexpr TrackId A(1), B(2), C(3), D(4), kNone;

TEST(StickySlots, FirstWishesWinWhereSlotsAreFew) {
  std::array<TrackId, 2> slots{};
  EXPECT_TRUE(AssignSticky(slots, std::vector{A, B, C}));
  EXPECT_THAT(slots, ElementsAre(A, B));
}

TEST(StickySlots, AStillWantedTrackKeepsItsSlotWhateverItsRank) {
  std::array<TrackId, 3> slots{A, B, C};
  EXPECT_TRUE(AssignSticky(slots, std::vector{D, C, A}));
  EXPECT_THAT(slots, ElementsAre(A, D, C));
}

TEST(StickySlots, ATrackBeyondTheSlotsLosesItsPlaceToABetterWish) {
  std::array<TrackId, 2> slots{A, B};
  EXPECT_TRUE(AssignSticky(slots, std::vector{C, A, B}));
  EXPECT_THAT(slots, ElementsAre(A, C));
}

TEST(StickySlots, SaysWhenNothingChanged) {
  std::array<TrackId, 2> slots{B, A};
  EXPECT_FALSE(AssignSticky(slots, std::vector{A, B}));
  EXPECT_TRUE(AssignSticky(slots, {}));
  EXPECT_THAT(slots, ElementsAre(kNone, kNone));
  EXPECT_FALSE(AssignSticky(slots, {}));
}

TEST(StickySlots, ATrackNamedTwiceGetsOneSlot) {
  std::array<TrackId, 3> slots{};
  AssignSticky(slots, std::vector{A, A, B});
  EXPECT_THAT(slots, ElementsAre(A, B, kNone));
}

}  // namespace
}  // namespace conclave::router
