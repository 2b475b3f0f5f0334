// How loud a track is and how much of the last second it was speech, from RFC 6464 levels.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace conclave::media {

// One per audio track; a plain value. Costs a few additions per packet.
class AudioActivity {
 public:
  // The rise is felt within two packets of 20 ms, so that a first word is ranked within 100 ms; the
  // fall bridges the gaps between syllables.
  static constexpr float kAttackMs = 30;
  static constexpr float kReleaseMs = 250;
  // What Speaking averages over: a cough (up to 0.4 s) stays clearly below a sentence.
  static constexpr float kActivityMs = 500;
  // Speech stands at least so far above the track's own background.
  static constexpr float kSpeechOverNoiseDb = 10;
  // Nothing quieter counts as speech: the quietest microphones in use give -50 dBov.
  static constexpr float kSpeechMinDbov = -60;

  // `level` as in RFC 6464: 0 (loudest) .. 127 dB below the overload point.
  void OnLevel(Instant now, uint8_t level);

  // The smoothed level in dBov, -127 .. 0. Falls while no packets come (DTX, loss, mute).
  float Loudness(Instant now) const;
  // The share of time spent speaking, 0 .. 1, newer time counting more.
  float Activity(Instant now) const;
  // Whether the last packet was speech.
  bool speaking() const { return speaking_; }

 private:
  float Silence(Instant now) const;

  bool started_ = false;
  bool speaking_ = false;
  Instant last_;
  float loudness_ = -127;
  float activity_ = 0;
  // The background: falls at once, rises slowly.
  float noise_ = -75;
};

}  // namespace conclave::media
