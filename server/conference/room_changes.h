// What the members of a room have not yet been told, and when they will be.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "conference/breakouts.h"

namespace conclave::conference {

// Of the roster: participants that are gone, and those that are new or different.
struct RosterChange {
  std::vector<ParticipantId> left;
  std::vector<ParticipantId> changed;
  bool empty() const { return left.empty() && changed.empty(); }
};

// Coalesces: whatever happens between two flushes is one change for each participant. Bounded by
// the participants that the room had since the last flush.
class RoomChanges {
 public:
  void ParticipantChanged(Instant now, ParticipantId id);
  // Said even of one whose coming was never flushed: a newcomer's first page may have shown it.
  void ParticipantLeft(Instant now, ParticipantId id);
  // Of a breakout room. An invalid track: nobody speaks any more.
  void DominantSpeaker(Instant now, BreakoutNumber breakout, TrackId track);
  // Something that is kept elsewhere (a slot map) waits for the next flush.
  void Other(Instant now);

  // Whether a change of this participant waits.
  bool Waits(ParticipantId id) const { return changed_.contains(id); }

  // At once after a quiet kFlushInterval, otherwise that long after the last flush.
  Instant FlushAt() const { return flush_at_; }

  struct Flushed {
    RosterChange roster;
    std::map<BreakoutNumber, TrackId> dominant_speakers;
  };
  // Everything since the last flush; `now` starts the next quiet interval.
  Flushed Flush(Instant now);

 private:
  std::set<ParticipantId> left_;
  std::set<ParticipantId> changed_;
  std::map<BreakoutNumber, TrackId> dominant_speakers_;
  Instant quiet_until_;
  Instant flush_at_ = Instant::Never();
};

}  // namespace conclave::conference
