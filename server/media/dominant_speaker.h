// Who holds the floor: the one person whom a layout shows large. Slower than the ranking of the
// loudest, so that a cough or a "yes" does not throw the picture about.
#pragma once

#include "base/ids.h"
#include "base/time.h"
#include "media/audio_activity.h"

namespace conclave::media {

// O(1) per packet, whatever the number of tracks: only who speaks can take the floor, and only from
// who has it.
class DominantSpeaker {
 public:
  // Nobody has spoken yet: the first word will do.
  static constexpr Duration kFirst = Duration::Millis(200);
  // The floor is free: longer than a cough or a "yes", which last up to half a second.
  static constexpr Duration kTake = Duration::Millis(600);
  // Who has been silent for so long has ended the sentence: pauses for breath are shorter.
  static constexpr Duration kFree = Duration::Millis(500);
  // Taken from somebody who still speaks: with a whole sentence, and twice as loud in amplitude.
  static constexpr Duration kInterrupt = Duration::Seconds(1);
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
