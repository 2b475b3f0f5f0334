#include "conference/layout.h"

#include <algorithm>
#include <set>

#include "conference/limits.h"

namespace conclave::conference {

std::vector<router::TrackWish> SanitizeWishes(std::span<const router::TrackWish> wishes,
                                              ParticipantId receiver, const Roster& roster) {
  std::vector<router::TrackWish> out;
  std::set<TrackId> seen;
  for (router::TrackWish wish : wishes) {
    if (out.size() == kWishesMax) break;
    const Track* track = roster.FindTrack(wish.track);
    if (track == nullptr || !IsVideo(track->source)) continue;
    if (roster.OwnerOf(wish.track) == receiver || !seen.insert(wish.track).second) continue;
    wish.height_px = std::min(wish.height_px, kWishHeightMax);
    out.push_back(wish);
  }
  return out;
}

}  // namespace conclave::conference
