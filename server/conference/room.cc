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
  roster_.Remove(id);
  slot_maps_.erase(id);
  if (roster_.FindTrack(dominant_speaker_) == nullptr) dominant_speaker_ = TrackId();
  changes_.ParticipantLeft(now, id);
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

void Room::OnSlots(Instant now, ParticipantId receiver,
                   std::span<const router::SlotAssignment> slots) {
  const auto map = slot_maps_.find(receiver);
  if (map == slot_maps_.end()) return;
  map->second.Apply(slots);
  if (map->second.HasChanges()) changes_.Other(now);
}

void Room::OnDominantSpeaker(Instant now, TrackId track) {
  if (track == dominant_speaker_) return;
  // A speaker who has left in the meantime is nobody.
  if (track != TrackId() && roster_.FindTrack(track) == nullptr) return;
  dominant_speaker_ = track;
  changes_.DominantSpeaker(now, track);
}

RoomUpdate Room::Flush(Instant now) {
  RoomChanges::Flushed flushed = changes_.Flush(now);
  RoomUpdate out{
      std::move(flushed.roster), flushed.dominant_speaker, common_codecs_.Review(now), {}};
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
