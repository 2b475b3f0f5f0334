#include "router/layout.h"

#include <gmock/gmock.h>

namespace conclave::router {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TrackId A(1), B(2), C(3), kScreen(9), kGone(99);
const std::vector<LayoutTrack> kRoom = {{.track = A},
                                        {.track = B, .muted = true},
                                        {.track = C, .own = true},
                                        {.track = kScreen, .is_screen = true}};

std::vector<TrackId> Effective(const Layout& layout) {
  std::vector<TrackWish> wishes;
  layout.Effective(kRoom, wishes);
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
