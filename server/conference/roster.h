// Who is in a room and what they send.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "conference/participant.h"

namespace conclave::conference {

class Roster {
 public:
  explicit Roster(size_t participants_max) : participants_max_(participants_max) {}

  // In the order of ids, which is the order of joining.
  const std::map<ParticipantId, Participant>& participants() const { return participants_; }
  size_t size() const { return participants_.size(); }
  // For whoever changes the roster meanwhile.
  std::vector<ParticipantId> Ids() const;
  bool full() const { return size() >= participants_max_; }
  const Participant* Find(ParticipantId id) const;
  size_t CountOf(Role role) const;
  // Who has been here longest and may send; invalid where there is nobody.
  ParticipantId Longest() const;
  // Null for a track that nobody here has.
  const Track* FindTrack(TrackId id) const;
  // Requires a track of this roster.
  ParticipantId OwnerOf(TrackId id) const;
  // Whether the track is there and its owner in this breakout room.
  bool IsIn(BreakoutNumber breakout, TrackId id) const;

  // Fails with "room full: 300 of 300". The ids must be new.
  Result<void> Add(Participant participant);
  bool Remove(ParticipantId id);

  // Each says whether the roster changed. An unknown id changes nothing.
  bool AddTracks(ParticipantId id, const std::vector<Track>& tracks);
  bool SetMuted(TrackId id, bool muted);
  bool SetProfile(ParticipantId id, std::string profile);
  bool SetAway(ParticipantId id, bool away);
  bool SetRole(ParticipantId id, Role role);
  // Help is not wanted any more where it goes.
  bool SetBreakout(ParticipantId id, BreakoutNumber breakout);
  bool SetWantsHelp(ParticipantId id, bool wants_help);

 private:
  Participant* FindMutable(ParticipantId id);
  Track* FindMutable(TrackId id);

  size_t participants_max_;
  std::map<ParticipantId, Participant> participants_;
  std::unordered_map<TrackId, ParticipantId> owners_;
};

}  // namespace conclave::conference
