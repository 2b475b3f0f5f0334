#include "router/room.h"

#include <algorithm>

#include "base/check.h"
#include "router/slot_filler.h"

namespace conclave::router {
namespace {

// Quieter is not shown as speaking by anybody.
constexpr uint8_t kSilentLevel = 70;

}  // namespace

Room::Room(RoomId id, size_t audio_slots_max, std::vector<Event>& events)
    : id_(id), events_(events), ranking_(audio_slots_max) {}

void Room::Add(ParticipantIndex member, Publisher& publisher, Receiver& receiver) {
  members_.push_back({.index = member, .publisher = &publisher, .receiver = &receiver});
}

Room::Member* Room::Find(ParticipantIndex member) {
  const auto found = std::ranges::find(members_, member, &Member::index);
  return found == members_.end() ? nullptr : &*found;
}

SourceTrack* Room::TrackOf(TrackId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

void Room::AddTracks(std::span<SourceTrack* const> tracks) {
  for (SourceTrack* track : tracks) {
    if (!by_id_.emplace(track->id(), track).second) continue;
    tracks_.push_back({track, 0});
    if (track->kind() == MediaKind::kAudio && !track->muted()) {
      ranking_.Add(track->id(), track->is_screen());
    }
  }
  audio_due_ = video_due_ = all_video_due_ = true;
}

void Room::Remove(Instant now, ParticipantIndex index) {
  Member* member = Find(index);
  CHECK(member);
  EmptySlots(now, *member->receiver);
  for (const auto& track : member->publisher->tracks()) {
    if (TrackOf(track->id()) != track.get()) continue;
    ranking_.Remove(track->id());
    for (const Member& other : members_) {
      for (const auto& slot : other.receiver->slots()) slot->Forget(now, *track);
      other.receiver->MarkChanged();
    }
    by_id_.erase(track->id());
    std::erase_if(tracks_, [&](const RoomTrack& t) { return t.track == track.get(); });
  }
  members_.erase(members_.begin() + (member - members_.data()));
  audio_due_ = video_due_ = all_video_due_ = true;
}

void Room::SetConnected(Instant now, ParticipantIndex index, bool connected) {
  Member* member = Find(index);
  CHECK(member);
  member->connected = connected;
  if (!connected) EmptySlots(now, *member->receiver);
  // What it sends was in the others' slots, waited for, since it came.
  audio_due_ = member->video_due = video_due_ = true;
}

void Room::SetLayout(ParticipantIndex index, std::span<const TrackWish> wishes, DataRate max_rate) {
  Member* member = Find(index);
  CHECK(member);
  member->layout.Set(wishes, max_rate);
  member->video_due = video_due_ = true;
}

void Room::OnBudget(ParticipantIndex index) {
  Member* member = Find(index);
  CHECK(member);
  member->video_due = video_due_ = true;
}

bool Room::SetMuted(TrackId id, bool muted) {
  SourceTrack* track = TrackOf(id);
  if (!track) return false;
  if (track->muted() == muted) return true;
  track->set_muted(muted);
  if (track->kind() == MediaKind::kVideo) {
    video_due_ = all_video_due_ = true;
    return true;
  }
  if (muted) {
    ranking_.Remove(id);
  } else {
    ranking_.Add(id, track->is_screen());
  }
  audio_due_ = true;
  return true;
}

bool Room::OnAudioPacket(Instant now, SourceTrack& track, uint8_t level) {
  active_ = true;
  if (track.muted()) return false;
  track.audio_activity().OnLevel(now, level);
  if (!track.is_screen()) ranking_.OnLevel(now, track.id(), track.audio_activity());
  bool moved = ranking_.changed();
  if (next_levels_ == Instant::Never()) {
    next_levels_ = now + kLevelsInterval;
    moved = true;
  }
  return moved;
}

bool Room::OnVideoPacket(Instant now, bool layer_began) {
  active_ = true;
  if (layer_began) video_due_ = all_video_due_ = true;
  if (next_review_ != Instant::Never()) return layer_began;
  next_review_ = now + kReviewInterval;
  return true;
}

Instant Room::NextDeadline() const {
  if (audio_due_ || video_due_ || ranking_.changed()) return Instant();
  return std::min(next_review_, next_levels_);
}

void Room::OnDeadline(Instant now) {
  if (next_levels_ <= now) TellLevels(now);
  if (next_review_ <= now) Review(now);
  if (ranking_.TakeChanged()) audio_due_ = true;
  if (audio_due_) FillAudio(now);
  if (video_due_) {
    FillVideo(now);
    wanted_due_ = true;
  }
  if (std::exchange(wanted_due_, false)) TellWanted();
  TellDominant();
}

void Room::FillAudio(Instant now) {
  audio_due_ = false;
  std::vector<TrackId> own;
  for (const Member& member : members_) {
    if (!member.connected) continue;
    own.clear();
    for (const auto& track : member.publisher->tracks()) own.push_back(track->id());
    ranking_.Wanted(own, scratch_);
    FillAudioSlots(now, *member.receiver, scratch_, [this](TrackId id) { return TrackOf(id); });
  }
}

std::vector<LayoutTrack> Room::VideoTracks() const {
  std::vector<LayoutTrack> tracks;
  tracks.reserve(tracks_.size());
  for (const RoomTrack& entry : tracks_) {
    const SourceTrack& track = *entry.track;
    if (track.kind() != MediaKind::kVideo) continue;
    tracks.push_back({track.id(), track.owner(), track.is_screen(), track.muted()});
  }
  return tracks;
}

void Room::FillVideo(Instant now) {
  const std::vector<LayoutTrack> tracks = VideoTracks();
  for (Member& member : members_) {
    if (!member.video_due && !all_video_due_) continue;
    Wishes(member, tracks, wishes_);
    if (member.connected) {
      FillVideo(now, member);
      WantFilled(now, member);
    } else {
      WantAhead(now, member);
    }
  }
  video_due_ = all_video_due_ = false;
}

bool Room::Limited(Instant now, const Member& member) {
  return member.layout.max_rate() != DataRate() || member.receiver->downlink().VideoBudget(now);
}

void Room::Wishes(const Member& member, std::span<const LayoutTrack> tracks,
                  std::vector<TrackWish>& out) const {
  const auto owner_of = [this](TrackId id) -> std::optional<ParticipantIndex> {
    const SourceTrack* track = TrackOf(id);
    if (!track || track->kind() != MediaKind::kVideo) return std::nullopt;
    return track->owner();
  };
  member.layout.Effective(member.index, tracks, owner_of, out);
}

void Room::FillVideo(Instant now, Member& member) {
  member.video_due = false;
  FillVideoSlots(now, *member.receiver, wishes_, member.layout.max_rate(), member.allocator,
                 [this](TrackId id) { return TrackOf(id); });
}

void Room::Review(Instant now) {
  next_review_ = std::exchange(active_, false) ? now + kReviewInterval : Instant::Never();
  const bool changed = AvailabilityChanged(now);
  for (Member& member : members_) {
    if (!member.connected) continue;
    for (const auto& slot : member.receiver->slots()) {
      slot->CutLateSwitch(now);
      if (slot->changed()) member.receiver->MarkChanged();
    }
    if (Limited(now, member)) member.video_due = video_due_ = true;
  }
  if (changed) video_due_ = all_video_due_ = true;
  ReviewWanted(now);
  wanted_due_ = true;
}

bool Room::AvailabilityChanged(Instant now) {
  bool changed = false;
  for (RoomTrack& entry : tracks_) {
    LayerMask usable = 0;
    const auto states = entry.track->LayerStates(now);
    for (size_t i = 0; i < states.size(); ++i) {
      if (states[i].usable()) usable = static_cast<LayerMask>(usable | 1U << i);
    }
    changed |= usable != entry.usable;
    entry.usable = usable;
  }
  return changed;
}

void Room::TellLevels(Instant now) {
  ranking_.Speakers(scratch_);
  AudioLevels event;
  event.room = id_;
  bool silence = true;
  for (const TrackId id : scratch_) {
    const float loudness = TrackOf(id)->audio_activity().Loudness(now);
    const auto level = static_cast<uint8_t>(std::clamp(-loudness, 0.0F, 127.0F));
    silence &= level >= kSilentLevel;
    event.levels.push_back({id, level});
  }
  std::ranges::sort(event.levels, {}, &AudioLevel::level);
  // The last silence is told once; then the next packet that is not silent starts again.
  next_levels_ = silence ? Instant::Never() : now + kLevelsInterval;
  if (!silence || !told_silence_) events_.push_back(std::move(event));
  told_silence_ = silence;
}

void Room::TellDominant() {
  if (const auto dominant = ranking_.TakeDominant()) {
    events_.push_back(DominantSpeakerChanged{id_, *dominant});
  }
}

}  // namespace conclave::router
