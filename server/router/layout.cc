#include "router/layout.h"

#include <algorithm>

namespace conclave::router {

void Layout::Set(std::span<const TrackWish> wishes, DataRate max_rate) {
  automatic_ = false;
  wishes = wishes.first(std::min(wishes.size(), kWishesMax));
  wishes_.assign(wishes.begin(), wishes.end());
  max_rate_ = max_rate;
}

void Layout::Effective(ParticipantIndex self, std::span<const LayoutTrack> tracks,
                       const OwnerLookup& owner_of, std::vector<TrackWish>& out) const {
  out.clear();
  if (automatic_) {
    for (const bool screens : {true, false}) {
      for (const LayoutTrack& track : tracks) {
        if (track.owner == self || track.muted || track.is_screen != screens) continue;
        out.push_back(
            {.track = track.track, .height_px = screens ? kAutomaticScreenPx : kAutomaticCameraPx});
      }
    }
    return;
  }
  for (const TrackWish& wish : wishes_) {
    const std::optional<ParticipantIndex> owner = owner_of(wish.track);
    if (!owner || *owner == self) continue;
    if (std::ranges::find(out, wish.track, &TrackWish::track) != out.end()) continue;
    out.push_back(wish);
  }
}

}  // namespace conclave::router
