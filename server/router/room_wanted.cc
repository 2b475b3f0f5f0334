// What a room asks of its publishers: which layers anybody has a use for.
#include <algorithm>
#include <utility>

#include "router/layer_ladder.h"
#include "router/room.h"
#include "router/slot_filler.h"

namespace conclave::router {

void Room::WantFilled(Instant now, const Member& member) {
  for (const auto& slot : member.receiver->slots()) {
    SourceTrack* track = slot->kind() == MediaKind::kVideo ? slot->assigned() : nullptr;
    if (!track || track->muted()) continue;
    wanted_due_ |= track->wanted_layers().Want(now, track->in_use());
  }
}

void Room::WantAhead(Instant now, Member& member) {
  std::span<const TrackWish> wishes = wishes_;
  const auto is_video = [](const auto& slot) { return slot->kind() == MediaKind::kVideo; };
  const auto slots = static_cast<size_t>(std::ranges::count_if(member.receiver->slots(), is_video));
  for (const TrackWish& wish : wishes.first(std::min(slots, wishes.size()))) {
    SourceTrack& track = *TrackOf(wish.track);
    if (track.muted()) continue;
    const auto top = TopUsefulLayer(DemandFor(now, wish, track));
    if (!top) continue;
    wanted_due_ |= track.wanted_layers().Want(now, static_cast<LayerMask>(1U << *top));
  }
}

void Room::ReviewWanted(Instant now) {
  const std::span<const LayoutTrack> tracks = VideoTracks();
  for (Member& member : members_) {
    if (member.connected) continue;
    Wishes(member, tracks, wishes_);
    WantAhead(now, member);
  }
  for (const RoomTrack& entry : videos_) {
    SourceTrack& track = *entry.track;
    // One that is muted goes on as it was, so that nothing is late when it comes back.
    const LayerMask wanted = track.muted() ? track.wanted_layers().asked() : track.in_use();
    track.wanted_layers().Want(now, wanted);
    track.wanted_layers().Expire(now);
  }
}

void Room::TellWanted() {
  LayersWanted event;
  event.room = id_;
  for (const RoomTrack& entry : videos_) {
    if (entry.track->is_remote()) {
      // Its own shard asks its publisher.
      entry.track->TouchRemote();
    } else if (const auto wanted = entry.track->TakeWanted()) {
      event.tracks.push_back(*wanted);
    }
  }
  if (!event.tracks.empty()) events_.push_back(std::move(event));
}

}  // namespace conclave::router
