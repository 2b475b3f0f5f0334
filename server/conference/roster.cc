#include "conference/roster.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace conclave::conference {

const Participant* Roster::Find(ParticipantId id) const {
  const auto it = participants_.find(id);
  return it == participants_.end() ? nullptr : &it->second;
}

Participant* Roster::FindMutable(ParticipantId id) { return const_cast<Participant*>(Find(id)); }

std::vector<ParticipantId> Roster::Ids() const {
  std::vector<ParticipantId> ids;
  for (const auto& [id, participant] : participants_) ids.push_back(id);
  return ids;
}

size_t Roster::CountOf(Role role) const {
  return static_cast<size_t>(
      std::count_if(participants_.begin(), participants_.end(),
                    [role](const auto& entry) { return entry.second.role == role; }));
}

ParticipantId Roster::Longest() const {
  for (const auto& [id, participant] : participants_) {
    if (MaySend(participant.role) && !participant.away) return id;
  }
  return ParticipantId();
}

const Track* Roster::FindTrack(TrackId id) const {
  const auto owner = owners_.find(id);
  if (owner == owners_.end()) return nullptr;
  for (const Track& track : participants_.at(owner->second).tracks) {
    if (track.id == id) return &track;
  }
  return nullptr;
}

Track* Roster::FindMutable(TrackId id) { return const_cast<Track*>(FindTrack(id)); }

ParticipantId Roster::OwnerOf(TrackId id) const {
  const auto owner = owners_.find(id);
  CHECK(owner != owners_.end());
  return owner->second;
}

bool Roster::IsIn(BreakoutNumber breakout, TrackId id) const {
  const auto owner = owners_.find(id);
  return owner != owners_.end() && participants_.at(owner->second).breakout == breakout;
}

Result<void> Roster::Add(Participant participant) {
  if (full()) {
    const std::string limit = std::to_string(participants_max_);
    return Error{"room full: " + std::to_string(size()) + " of " + limit};
  }
  const ParticipantId id = participant.id;
  for (const Track& track : participant.tracks) CHECK(owners_.emplace(track.id, id).second);
  CHECK(participants_.emplace(id, std::move(participant)).second);
  return {};
}

bool Roster::Remove(ParticipantId id) {
  const auto it = participants_.find(id);
  if (it == participants_.end()) return false;
  for (const Track& track : it->second.tracks) owners_.erase(track.id);
  participants_.erase(it);
  return true;
}

bool Roster::AddTracks(ParticipantId id, const std::vector<Track>& tracks) {
  Participant* participant = FindMutable(id);
  if (participant == nullptr || tracks.empty()) return false;
  for (const Track& track : tracks) {
    CHECK(owners_.emplace(track.id, id).second);
    participant->tracks.push_back(track);
  }
  return true;
}

bool Roster::SetMuted(TrackId id, bool muted) {
  Track* track = FindMutable(id);
  return track != nullptr && std::exchange(track->muted, muted) != muted;
}

bool Roster::SetProfile(ParticipantId id, std::string profile) {
  Participant* participant = FindMutable(id);
  if (participant == nullptr || participant->profile == profile) return false;
  participant->profile = std::move(profile);
  return true;
}

bool Roster::SetAway(ParticipantId id, bool away) {
  Participant* participant = FindMutable(id);
  return participant != nullptr && std::exchange(participant->away, away) != away;
}

bool Roster::SetRole(ParticipantId id, Role role) {
  Participant* participant = FindMutable(id);
  return participant != nullptr && std::exchange(participant->role, role) != role;
}

bool Roster::SetBreakout(ParticipantId id, BreakoutNumber breakout) {
  Participant* participant = FindMutable(id);
  if (participant == nullptr || participant->breakout == breakout) return false;
  participant->breakout = breakout;
  participant->wants_help = false;
  return true;
}

bool Roster::SetWantsHelp(ParticipantId id, bool wants_help) {
  Participant* participant = FindMutable(id);
  return participant != nullptr && std::exchange(participant->wants_help, wants_help) != wants_help;
}

}  // namespace conclave::conference
