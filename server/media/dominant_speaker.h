// Who holds the floor: the one person whom a layout shows large. Slower than the ranking of the
// loudest, so that a cough or a "yes" does not throw the picture about.
#pragma once

#include <optional>

#include "base/ids.h"
#include "base/time.h"
#include "media/audio_activity.h"

namespace conclave::media {

// O(1) per packet, whatever the number of tracks: only who speaks can take the floor, and only from
// who has it.
class DominantSpeaker {
 public:
  // Nobody has spoken yet: the first word (0.2 s) will do.
  static constexpr float kFirst = 0.3F;
  // The floor is free: 0.6 s of speech take it, a cough of 0.4 s does not.
  static constexpr float kTake = 0.7F;
  // Who falls below has been silent for half a second: longer than between words.
  static constexpr float kFree = 0.35F;
  // While the other one still speaks: a second of it, and clearly louder.
  static constexpr float kInterrupt = 0.85F;
  static constexpr float kInterruptDb = 6;

  // After each AudioActivity::OnLevel of a track. True: the floor changed hands.
  [[nodiscard]] bool OnActivity(Instant now, TrackId track, const AudioActivity& activity);
  // The track is gone. True: it had the floor, which nobody has now.
  [[nodiscard]] bool Remove(TrackId track);

  // Invalid (0): nobody has spoken yet. Who spoke last keeps the floor through silence.
  TrackId dominant() const { return dominant_; }

 private:
  bool Takes(Instant now, const AudioActivity& challenger) const;

  TrackId dominant_;
  // A copy of the dominant track's, as of its last packet.
  AudioActivity activity_;
};

}  // namespace conclave::media
