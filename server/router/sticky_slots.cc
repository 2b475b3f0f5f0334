#include "router/sticky_slots.h"

#include <algorithm>

namespace conclave::router {

bool AssignSticky(std::span<TrackId> slots, std::span<const TrackId> wanted) {
  wanted = wanted.first(std::min(wanted.size(), slots.size()));
  bool changed = false;
  for (TrackId& slot : slots) {
    if (slot == TrackId() || std::ranges::find(wanted, slot) != wanted.end()) continue;
    slot = TrackId();
    changed = true;
  }
  for (const TrackId track : wanted) {
    if (track == TrackId() || std::ranges::find(slots, track) != slots.end()) continue;
    const auto free = std::ranges::find(slots, TrackId());
    if (free == slots.end()) break;
    *free = track;
    changed = true;
  }
  return changed;
}

}  // namespace conclave::router
