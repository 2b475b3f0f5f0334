#include "router/room.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "router/curtail.h"
#include "router/slot_filler.h"

namespace conclave::router {
namespace {

// Quieter is not shown as speaking by anybody.
constexpr uint8_t kSilentLevel = 70;

}  // namespace

Room::Room(RoomId id, size_t audio_slots_max, std::vector<Event>& events, RelayOutbox& relays)
    : id_(id),
      events_(events),
      ranking_(audio_slots_max),
      audio_slots_max_(audio_slots_max),
      relays_(relays) {}

void Room::Add(ParticipantIndex index, Publisher& publisher, Receiver& receiver,
               Belongings belongings) {
  places_.emplace(index.value(), members_.size());
  members_.push_back({.index = index, .publisher = &publisher, .receiver = &receiver});
  Member& member = members_.back();
  member.layout = std::move(belongings.layout);
  member.connected = belongings.connected;
  if (!member.connected) return;
  // Who comes from another room waits for no handshake.
  MakeVideoDue(member);
  audio_due_ = urgent_ = true;
}

Room::Member* Room::Find(ParticipantIndex member) {
  const auto found = places_.find(member.value());
  return found == places_.end() ? nullptr : &members_[found->second];
}

SourceTrack* Room::TrackOf(TrackId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

void Room::AddTracks(std::span<SourceTrack* const> tracks) {
  for (SourceTrack* track : tracks) {
    if (!by_id_.emplace(track->id(), track).second) continue;
    if (track->kind() == MediaKind::kVideo) {
      videos_.push_back({track, 0});
      // What is muted is shown to nobody.
      all_video_due_ |= !track->muted();
    } else if (!track->muted()) {
      Rank(*track, true);
    }
    if (!spread_ || track->is_remote() || track->kind() != MediaKind::kVideo) continue;
    Announce(spread_->others, std::array{track->id()});
    spread_->states_due = true;
  }
  layout_tracks_stale_ = audio_due_ = true;
}

void Room::Rank(const SourceTrack& track, bool heard) {
  const auto rank = [&](AudioRanking& ranking) {
    if (heard) {
      ranking.Add(track.id(), track.is_screen());
    } else {
      ranking.Remove(track.id());
    }
  };
  rank(ranking_);
  if (spread_ && !track.is_remote()) rank(spread_->voices);
}

void Room::RemoveTrack(Instant now, SourceTrack& track) {
  if (TrackOf(track.id()) != &track) return;
  Rank(track, false);
  if (spread_ && !track.is_remote()) ForgetRelayed(track);
  for (const Member& other : members_) {
    for (const auto& slot : other.receiver->slots()) {
      if (slot->Forget(now, track)) other.receiver->MarkChanged();
    }
  }
  by_id_.erase(track.id());
  std::erase_if(videos_, [&](const RoomTrack& t) { return t.track == &track; });
}

Room::Belongings Room::Remove(Instant now, ParticipantIndex index) {
  Member* member = Find(index);
  CHECK(member);
  Belongings belongings{std::move(member->layout), member->connected};
  EmptySlots(now, *member->receiver);
  for (const auto& track : member->publisher->tracks()) RemoveTrack(now, *track);
  const size_t place = static_cast<size_t>(member - members_.data());
  std::erase(video_due_, index);
  std::erase(audio_fill_, index);
  if (place + 1 != members_.size()) {
    places_[members_.back().index.value()] = place;
    members_[place] = std::move(members_.back());
  }
  members_.pop_back();
  places_.erase(index.value());
  layout_tracks_stale_ = audio_due_ = all_video_due_ = true;
  return belongings;
}

void Room::SetConnected(Instant now, ParticipantIndex index, bool connected) {
  Member* member = Find(index);
  CHECK(member);
  member->connected = connected;
  if (!connected) EmptySlots(now, *member->receiver);
  // What it sends was in the others' slots, waited for, since it came.
  MakeVideoDue(*member);
  audio_due_ = urgent_ = true;
}

void Room::SetLayout(ParticipantIndex index, std::span<const TrackWish> wishes, DataRate max_rate) {
  Member* member = Find(index);
  CHECK(member);
  member->layout.Set(wishes, max_rate);
  MakeVideoDue(*member);
  urgent_ = true;
}

void Room::OnBudget(ParticipantIndex index) {
  Member* member = Find(index);
  CHECK(member);
  MakeVideoDue(*member);
}

void Room::SetShedding(Shedding shedding) {
  shedding_ = shedding;
  all_video_due_ = urgent_ = true;
  next_video_ = Instant();
}

bool Room::SetMuted(TrackId id, bool muted) {
  SourceTrack* track = TrackOf(id);
  if (!track) return false;
  if (track->muted() == muted) return true;
  track->set_muted(muted);
  if (spread_ && !track->is_remote()) relays_.Send(spread_->others, TrackMuteRelayed{id, muted});
  if (track->kind() == MediaKind::kVideo) {
    layout_tracks_stale_ = all_video_due_ = true;
    return true;
  }
  Rank(*track, !muted);
  audio_due_ = true;
  return true;
}

bool Room::OnAudioPacket(Instant now, SourceTrack& track, uint8_t level) {
  active_ = true;
  if (track.muted()) return false;
  track.audio_activity().OnLevel(now, level);
  if (!track.is_screen()) {
    ranking_.OnLevel(now, track.id(), track.audio_activity());
    if (spread_ && !track.is_remote()) {
      spread_->voices.OnLevel(now, track.id(), track.audio_activity());
    }
  }
  bool moved = ranking_.changed() || relay_due();
  if (next_levels_ == Instant::Never()) {
    next_levels_ = now + LevelsInterval();
    moved = true;
  }
  return moved;
}

bool Room::OnVideoPacket(Instant now, bool layer_began) {
  active_ = true;
  if (layer_began) all_video_due_ = true;
  if (layer_began && spread_) spread_->states_due = true;
  if (next_review_ != Instant::Never()) return layer_began;
  next_review_ = now + kReviewInterval;
  return true;
}

Instant Room::NextDeadline() const {
  Instant next = std::min(next_review_, next_levels_);
  if (!audio_fill_.empty() || relay_due()) next = Instant();
  if (audio_due_ || ranking_.changed()) next = std::min(next, next_audio_);
  if (video_due()) next = std::min(next, urgent_ ? Instant() : next_video_);
  return next;
}

Duration Room::Spacing() const {
  if (members_.size() <= kLarge) return Duration();
  return kSpacingPerMember * static_cast<int64_t>(members_.size());
}

Duration Room::LevelsInterval() const {
  return members_.size() <= kLarge ? kLevelsInterval : kLevelsIntervalLarge;
}

void Room::OnDeadline(Instant now) {
  if (next_levels_ <= now) TellLevels(now);
  if (next_review_ <= now) Review(now);
  if (ranking_.TakeChanged()) audio_due_ = true;
  if (!audio_fill_.empty() || (audio_due_ && now >= next_audio_)) FillAudio(now);
  if (video_due() && (urgent_ || now >= next_video_)) FillVideo(now);
  if (std::exchange(wanted_due_, false)) TellWanted();
  if (spread_) ServeRelay(now);
  TellDominant();
}

void Room::FillAudio(Instant now) {
  if (audio_fill_.empty()) {
    audio_due_ = false;
    next_audio_ = now + Spacing();
    for (const Member& member : members_) audio_fill_.push_back(member.index);
  }
  const size_t count = std::min(audio_fill_.size(), kMembersPerCall);
  for (const ParticipantIndex index : std::span(audio_fill_).first(count))
    FillAudio(now, *Find(index));
  audio_fill_.erase(audio_fill_.begin(), audio_fill_.begin() + static_cast<ptrdiff_t>(count));
}

void Room::FillAudio(Instant now, const Member& member) {
  if (!member.connected) return;
  own_.clear();
  for (const auto& track : member.publisher->tracks()) own_.push_back(track->id());
  ranking_.Wanted(own_, scratch_);
  FillAudioSlots(now, *member.receiver, scratch_, [this](TrackId id) { return TrackOf(id); });
}

std::span<const LayoutTrack> Room::VideoTracks() {
  if (!std::exchange(layout_tracks_stale_, false)) return layout_tracks_;
  layout_tracks_.clear();
  for (const RoomTrack& entry : videos_) {
    const SourceTrack& track = *entry.track;
    layout_tracks_.push_back({track.id(), track.owner(), track.is_screen(), track.muted()});
  }
  return layout_tracks_;
}

void Room::FillVideo(Instant now) {
  // What concerns everybody is not urgent, even where something else is.
  if (now >= next_video_) {
    next_video_ = now + Spacing();
    if (std::exchange(all_video_due_, false)) {
      for (Member& member : members_) MakeVideoDue(member);
    }
  }
  const size_t count = std::min(video_due_.size(), kMembersPerCall);
  for (size_t i = 0; i < count; ++i) FillVideo(now, *Find(video_due_[i]));
  video_due_.erase(video_due_.begin(), video_due_.begin() + static_cast<ptrdiff_t>(count));
  // The others follow at once, when media has had its turn.
  urgent_ = !video_due_.empty();
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
  Curtail(shedding_, member.layout.asked(), out);
}

void Room::FillVideo(Instant now, Member& member) {
  member.video_due = false;
  Wishes(member, VideoTracks(), wishes_);
  if (!member.connected) return WantAhead(now, member);
  FillVideoSlots(now, *member.receiver, wishes_, member.layout.max_rate(), shedding_,
                 member.allocator, allocation_, [this](TrackId id) { return TrackOf(id); });
  WantFilled(now, member);
}

void Room::Review(Instant now) {
  next_review_ = std::exchange(active_, false) ? now + kReviewInterval : Instant::Never();
  const bool changed = AvailabilityChanged(now);
  if (spread_) spread_->states_due = true;
  for (Member& member : members_) {
    if (!member.connected) continue;
    for (const auto& slot : member.receiver->slots()) {
      slot->CutLateSwitch(now);
      if (slot->changed()) member.receiver->MarkChanged();
    }
    if (Limited(now, member)) MakeVideoDue(member);
  }
  if (changed) all_video_due_ = true;
  ReviewWanted(now);
  wanted_due_ = true;
}

LayerMask Room::Usable(Instant now, SourceTrack& track) {
  LayerMask usable = 0;
  const auto states = track.LayerStates(now);
  for (size_t i = 0; i < states.size(); ++i) {
    if (states[i].usable()) usable = static_cast<LayerMask>(usable | 1U << i);
  }
  return usable;
}

bool Room::AvailabilityChanged(Instant now) {
  bool changed = false;
  for (RoomTrack& entry : videos_) {
    const LayerMask usable = Usable(now, *entry.track);
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
  next_levels_ = silence ? Instant::Never() : now + LevelsInterval();
  if (tells() && (!silence || !told_silence_)) events_.push_back(std::move(event));
  told_silence_ = silence;
}

void Room::TellDominant() {
  if (const auto dominant = ranking_.TakeDominant(); dominant && tells()) {
    events_.push_back(DominantSpeakerChanged{id_, *dominant});
  }
}

}  // namespace conclave::router
