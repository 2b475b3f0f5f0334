#include "router/layout.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace conclave::router {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TrackId A(1), B(2), C(3), kScreen(9), kGone(99);
constexpr ParticipantIndex kSelf(0), kOther(1);
const std::vector<LayoutTrack> kRoom = {{.track = A, .owner = kOther},
                                        {.track = B, .owner = kOther, .muted = true},
                                        {.track = C, .owner = kSelf},
                                        {.track = kScreen, .owner = kOther, .is_screen = true}};

std::vector<TrackId> Effective(const Layout& layout) {
  std::vector<TrackWish> wishes;
  layout.Effective(
      kSelf, kRoom,
      [](TrackId id) -> std::optional<ParticipantIndex> {
        const auto found = std::ranges::find(kRoom, id, &LayoutTrack::track);
        if (found == kRoom.end()) return std::nullopt;
        return found->owner;
      },
      wishes);
  std::vector<TrackId> tracks;
  for (const TrackWish& wish : wishes) tracks.push_back(wish.track);
  return tracks;
}

TEST(Layout, BeforeTheFirstWishScreensThenCamerasThatSend) {
  EXPECT_THAT(Effective(Layout()), ElementsAre(kScreen, A));
}

TEST(Layout, WishesReplaceEachOtherAndKeepTheirOrder) {
  Layout layout;
  layout.Set(std::vector<TrackWish>{{.track = B}, {.track = kScreen}, {.track = A}}, DataRate());
  EXPECT_THAT(Effective(layout), ElementsAre(B, kScreen, A));
  layout.Set(std::vector<TrackWish>{{.track = A}}, DataRate::Kbps(500));
  EXPECT_THAT(Effective(layout), ElementsAre(A));
  EXPECT_EQ(layout.max_rate(), DataRate::Kbps(500));
  layout.Set({}, DataRate());
  EXPECT_THAT(Effective(layout), IsEmpty()) << "wishing for nothing is a wish";
}

TEST(Layout, NonsenseIsLeftOut) {
  Layout layout;
  layout.Set(std::vector<TrackWish>{{.track = kGone}, {.track = C}, {.track = A}, {.track = A}},
             DataRate());
  EXPECT_THAT(Effective(layout), ElementsAre(A));
  std::vector<TrackWish> many(Layout::kWishesMax, TrackWish{.track = kGone});
  many.push_back({.track = A});
  layout.Set(many, DataRate());
  EXPECT_THAT(Effective(layout), IsEmpty());
}

}  // namespace
}  // namespace conclave::router
