// Scripted talk for the tests of the speaker algorithms: RFC 6464 levels of 20 ms packets, as
// people at microphones make them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "media/test_support.h"

namespace conclave::media {

// One person: silence (background noise) until told otherwise.
class Talker {
 public:
  explicit Talker(uint64_t seed, int speech_dbov = -28, int noise_dbov = -68)
      : random_(seed), speech_dbov_(speech_dbov), noise_dbov_(noise_dbov) {}

  // Words of 150-450 ms with pauses of 40-250 ms between them, from one time to the other.
  void Speak(int64_t from_ms, int64_t to_ms) { spans_.push_back({from_ms, to_ms, true}); }
  // One loud noise without a pause: a cough, a door.
  void Noise(int64_t from_ms, int64_t to_ms) { spans_.push_back({from_ms, to_ms, false}); }
  void SetBackground(int noise_dbov) { noise_dbov_ = noise_dbov; }

  // The level of the packet at `ms`; to be asked in order, every 20 ms.
  uint8_t Level(int64_t ms) {
    for (const Span& span : spans_) {
      if (ms < span.from_ms || ms >= span.to_ms) continue;
      if (!span.words) return Loud(-20);
      if (ms >= word_end_ms_ + pause_ms_ || ms < word_end_ms_ - 450) {
        word_end_ms_ = ms + 150 + Below(random_, 300);
        pause_ms_ = 40 + Below(random_, 210);
      }
      return ms < word_end_ms_ ? Loud(speech_dbov_) : Loud(noise_dbov_);
    }
    return Loud(noise_dbov_);
  }

 private:
  struct Span {
    int64_t from_ms;
    int64_t to_ms;
    bool words;
  };
  // Syllables rise and fall by some decibels.
  uint8_t Loud(int dbov) {
    return static_cast<uint8_t>(
        std::clamp(-dbov - 4 + static_cast<int>(Below(random_, 9)), 0, 127));
  }

  SeededRandom random_;
  int speech_dbov_;
  int noise_dbov_;
  std::vector<Span> spans_;
  int64_t word_end_ms_ = -1000;
  int64_t pause_ms_ = 0;
};

}  // namespace conclave::media
