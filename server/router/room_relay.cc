// A room of which other shards hold members too.
#include <algorithm>
#include <array>
#include <utility>

#include "router/room.h"

namespace conclave::router {

void Room::SetSpread(std::span<const ShardId> others, bool tells) {
  if (others.empty()) {
    for (const auto& [id, track] : by_id_) {
      if (!track->is_remote()) track->ForgetRelays();
    }
    spread_.reset();
    return;
  }
  // Whom they hear has this shard's loudest among it, and one more for who is one of them.
  if (!spread_) {
    spread_ = std::make_unique<Spread>(Spread{.voices = AudioRanking(audio_slots_max_ + 1)});
  }
  std::vector<ShardId> added;
  ShardMask mask = 0;
  for (const ShardId shard : others) {
    mask |= MaskOf(shard);
    if ((spread_->mask & MaskOf(shard)) == 0) added.push_back(shard);
  }
  const bool begins = spread_->mask == 0;
  spread_->others.assign(others.begin(), others.end());
  spread_->mask = mask;
  spread_->tells = tells;
  spread_->states_due = true;
  std::vector<TrackId> known;
  for (const auto& [id, track] : by_id_) {
    if (track->is_remote()) continue;
    const bool video = track->kind() == MediaKind::kVideo;
    if (video || spread_->announced.contains(id)) known.push_back(id);
    if (begins && !video && !track->muted()) spread_->voices.Add(id, track->is_screen());
  }
  // As they came, so that a seed gives the same run.
  std::ranges::sort(known);
  Announce(added, known);
  RelayVoices();
}

void Room::Announce(std::span<const ShardId> to, std::span<const TrackId> tracks) {
  TracksRelayed message{id_, {}};
  for (const TrackId id : tracks) message.tracks.push_back(TrackOf(id)->config());
  if (!message.tracks.empty()) relays_.Send(to, message);
}

void Room::RelayVoices() {
  spread_->voices.Wanted({}, scratch_);
  for (const TrackId id : spread_->crossing) {
    if (std::ranges::find(scratch_, id) == scratch_.end()) TrackOf(id)->RelayTo(0);
  }
  for (const TrackId id : scratch_) {
    if (spread_->announced.insert(id).second) Announce(spread_->others, std::array{id});
    TrackOf(id)->RelayTo(spread_->mask);
  }
  spread_->crossing = scratch_;
}

void Room::ForgetRelayed(SourceTrack& track) {
  std::erase(spread_->crossing, track.id());
  const bool audio = track.kind() == MediaKind::kAudio;
  track.ForgetRelays();
  if (audio && spread_->announced.erase(track.id()) == 0) return;
  relays_.Send(spread_->others, TrackGone{id_, track.id()});
}

void Room::ServeRelay(Instant now) {
  if (spread_->voices.TakeChanged()) RelayVoices();
  if (!std::exchange(spread_->states_due, false)) return;
  for (const RoomTrack& entry : videos_) {
    if (!entry.track->is_remote()) relays_.Send(spread_->others, entry.track->StateFor(now));
  }
  for (const TrackId id : spread_->crossing) {
    relays_.Send(spread_->others, TrackOf(id)->StateFor(now));
  }
}

void Room::AddRemote(SourceTrack& track) { AddTracks(std::array{&track}); }

void Room::RemoveRemote(Instant now, SourceTrack& track) {
  RemoveTrack(now, track);
  layout_tracks_stale_ = audio_due_ = all_video_due_ = true;
}

void Room::OnRemoteState(Instant now, SourceTrack& track, TrackStateRelayed state) {
  track.SetState(std::move(state));
  const auto entry = std::ranges::find(videos_, &track, &RoomTrack::track);
  if (entry == videos_.end()) return;
  const LayerMask before = std::exchange(entry->usable, Usable(now, track));
  if (entry->usable != before) all_video_due_ = true;
}

void Room::OnRelayWanted(Instant now, ShardId from, const RelayWanted& wanted) {
  SourceTrack* track = TrackOf(wanted.track);
  // Audio crosses by how loud it is.
  if (!track || track->is_remote() || track->kind() == MediaKind::kAudio) return;
  if (!spread_ || (spread_->mask & MaskOf(from)) == 0) return;
  track->SetRelayWanted(now, from, wanted);
  if (track->muted()) return;
  if (track->wanted_layers().Want(now, track->in_use())) TellWanted();
}

}  // namespace conclave::router
