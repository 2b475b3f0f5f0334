#include "conference/room.h"

#include <utility>

namespace conclave::conference {

Result<void> Room::Join(Instant now, Participant participant, std::span<const SlotId> slots) {
  const ParticipantId id = participant.id;
  const CodecSet decodes = participant.decodes;
  if (Result<void> added = roster_.Add(std::move(participant)); !added) return added;
  SlotMap& map = slot_maps_[id];
  for (const SlotId slot : slots) map.AddSlot(slot);
  common_codecs_.Join(now, decodes);
  changes_.ParticipantChanged(now, id);
  return {};
}

bool Room::Leave(Instant now, ParticipantId id) {
  const Participant* participant = roster_.Find(id);
  if (participant == nullptr) return false;
  common_codecs_.Leave(now, participant->decodes);
  ForgetSpeaker(*participant);
  roster_.Remove(id);
  slot_maps_.erase(id);
  changes_.ParticipantLeft(now, id);
  return true;
}

TrackId Room::dominant_speaker(BreakoutNumber breakout) const {
  const auto speaker = dominant_speakers_.find(breakout);
  return speaker == dominant_speakers_.end() ? TrackId() : speaker->second;
}

bool Room::ForgetSpeaker(const Participant& participant) {
  const TrackId speaker = dominant_speaker(participant.breakout);
  if (speaker == TrackId() || roster_.OwnerOf(speaker) != participant.id) return false;
  dominant_speakers_.erase(participant.breakout);
  return true;
}

bool Room::AddMedia(Instant now, ParticipantId id, const std::vector<Track>& tracks,
                    std::span<const SlotId> slots) {
  const auto map = slot_maps_.find(id);
  if (map == slot_maps_.end()) return false;
  for (const SlotId slot : slots) map->second.AddSlot(slot);
  if (roster_.AddTracks(id, tracks)) changes_.ParticipantChanged(now, id);
  return true;
}

bool Room::SetMuted(Instant now, TrackId track, bool muted) {
  if (!roster_.SetMuted(track, muted)) return false;
  changes_.ParticipantChanged(now, roster_.OwnerOf(track));
  return true;
}

bool Room::SetProfile(Instant now, ParticipantId id, std::string profile) {
  if (!roster_.SetProfile(id, std::move(profile))) return false;
  changes_.ParticipantChanged(now, id);
  return true;
}

bool Room::SetAway(Instant now, ParticipantId id, bool away) {
  if (!roster_.SetAway(id, away)) return false;
  changes_.ParticipantChanged(now, id);
  return true;
}

bool Room::SetRole(Instant now, ParticipantId id, Role role) {
  if (!roster_.SetRole(id, role)) return false;
  changes_.ParticipantChanged(now, id);
  return true;
}

bool Room::SetBreakout(Instant now, ParticipantId id, BreakoutNumber breakout) {
  const Participant* participant = roster_.Find(id);
  if (participant == nullptr || participant->breakout == breakout) return false;
  const BreakoutNumber before = participant->breakout;
  if (ForgetSpeaker(*participant)) changes_.DominantSpeaker(now, before, TrackId());
  roster_.SetBreakout(id, breakout);
  changes_.ParticipantChanged(now, id);
  return true;
}

bool Room::SetWantsHelp(Instant now, ParticipantId id, bool wants_help) {
  if (!roster_.SetWantsHelp(id, wants_help)) return false;
  changes_.ParticipantChanged(now, id);
  return true;
}

void Room::OnSlots(Instant now, ParticipantId receiver,
                   std::span<const router::SlotAssignment> slots) {
  const auto map = slot_maps_.find(receiver);
  if (map == slot_maps_.end()) return;
  map->second.Apply(slots);
  if (map->second.HasChanges()) changes_.Other(now);
}

void Room::OnDominantSpeaker(Instant now, BreakoutNumber breakout, TrackId track) {
  if (track == dominant_speaker(breakout)) return;
  // A speaker who has left in the meantime is nobody.
  if (track != TrackId() && !roster_.IsIn(breakout, track)) return;
  if (track == TrackId()) {
    dominant_speakers_.erase(breakout);
  } else {
    dominant_speakers_[breakout] = track;
  }
  changes_.DominantSpeaker(now, breakout, track);
}

RoomUpdate Room::Flush(Instant now) {
  RoomChanges::Flushed flushed = changes_.Flush(now);
  RoomUpdate out{std::move(flushed.roster),
                 std::move(flushed.dominant_speakers),
                 common_codecs_.Review(now),
                 {}};
  for (auto& [receiver, map] : slot_maps_) {
    if (map.HasChanges()) out.slots.push_back({receiver, map.TakeChanges()});
  }
  return out;
}

std::vector<router::SlotAssignment> Room::TakeAllSlots(ParticipantId receiver) {
  const auto map = slot_maps_.find(receiver);
  return map == slot_maps_.end() ? std::vector<router::SlotAssignment>{} : map->second.TakeAll();
}

}  // namespace conclave::conference
