// Whom a room hears: the loudest few microphones, every shared screen's sound, and, while there is
// room, everybody else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "media/audio_activity.h"
#include "media/dominant_speaker.h"
#include "media/loudest.h"

namespace conclave::router {

class AudioRanking {
 public:
  // `heard_max`: how many tracks a receiver hears at once (at least 1).
  explicit AudioRanking(size_t heard_max);

  // Unmuted tracks. Both are ordered as they were added.
  void Add(TrackId track, bool is_screen);
  void Remove(TrackId track);

  // A packet of a microphone, `activity` with its level taken in. O(1) in the number of tracks.
  void OnLevel(Instant now, TrackId track, const media::AudioActivity& activity);

  // Whether Wanted may say something else than before. Reading it clears it.
  bool changed() const { return changed_; }
  bool TakeChanged();
  // What a receiver is to hear, most wanted first: screens, the loudest without those in `own`
  // (whose places go to the next loudest), then the silent in order of joining, so that with few
  // people nobody's first word is cut off. More than a receiver has slots for, perhaps.
  void Wanted(std::span<const TrackId> own, std::vector<TrackId>& out) const;

  // Whether the dominant speaker is another one than at the last call.
  std::optional<TrackId> TakeDominant();
  // The tracks whose level is worth telling, in no order.
  void Speakers(std::vector<TrackId>& out) const;

 private:
  void Rebuild();

  const size_t heard_max_;
  std::vector<TrackId> screens_;
  std::vector<TrackId> microphones_;
  // The loudest; and the loudest of the others, whom those hear who are among the loudest.
  std::optional<media::Loudest> loudest_;
  std::optional<media::Loudest> next_;
  media::DominantSpeaker dominant_;
  bool dominant_changed_ = false;
  bool changed_ = false;
};

}  // namespace conclave::router
