// How loud a track is, and since when it speaks, from RFC 6464 levels.
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
  // Speech stands at least so far above the track's own background.
  static constexpr float kSpeechOverNoiseDb = 10;
  // Nothing quieter counts as speech: the quietest microphones in use give -50 dBov.
  static constexpr float kSpeechMinDbov = -60;
  // Longer than the pauses between the words of a sentence: what comes later is another utterance.
  static constexpr Duration kPauseMax = Duration::Millis(300);

  // `level` as in RFC 6464: 0 (loudest) .. 127 dB below the overload point.
  void OnLevel(Instant now, uint8_t level);

  // The smoothed level in dBov, -127 .. 0. Falls while no packets come (DTX, loss, mute).
  float Loudness(Instant now) const;
  // The smoothed level of its speech alone: the pauses between words do not count.
  float speech_loudness() const { return speech_loudness_; }
  // Whether the last packet was speech.
  bool speaking() const { return speaking_; }
  // From the beginning of the last utterance to its last packet of speech, pauses between words
  // included. Zero for what is noise rather than speech: sound in less than half of the time, as of
  // somebody typing.
  Duration Utterance() const;
  // Since the last packet of speech; infinite where there was none.
  Duration Silence(Instant now) const;

 private:
  Duration Unheard(Instant now) const;
  void OnSpeech(Instant now, Duration step, float dbov);

  bool started_ = false;
  bool spoken_ = false;
  bool speaking_ = false;
  Instant last_;
  float loudness_ = -127;
  float speech_loudness_ = -127;
  // The background: falls at once, rises slowly. At first, that of a quiet room.
  float noise_ = -75;
  Instant utterance_start_;
  Instant last_speech_;
  // How much of the utterance was speech.
  Duration sounding_;
};

}  // namespace conclave::media
