#include "conference/room_changes.h"

#include <algorithm>
#include <utility>

#include "conference/limits.h"

namespace conclave::conference {

void RoomChanges::Other(Instant now) {
  if (flush_at_ == Instant::Never()) flush_at_ = std::max(now, quiet_until_);
}

void RoomChanges::ParticipantChanged(Instant now, ParticipantId id) {
  changed_.insert(id);
  Other(now);
}

void RoomChanges::ParticipantLeft(Instant now, ParticipantId id) {
  changed_.erase(id);
  left_.insert(id);
  Other(now);
}

void RoomChanges::DominantSpeaker(Instant now, BreakoutNumber breakout, TrackId track) {
  dominant_speakers_[breakout] = track;
  Other(now);
}

RoomChanges::Flushed RoomChanges::Flush(Instant now) {
  Flushed out;
  out.roster.left.assign(left_.begin(), left_.end());
  out.roster.changed.assign(changed_.begin(), changed_.end());
  out.dominant_speakers = std::exchange(dominant_speakers_, {});
  left_.clear();
  changed_.clear();
  quiet_until_ = now + kFlushInterval;
  flush_at_ = Instant::Never();
  return out;
}

}  // namespace conclave::conference
