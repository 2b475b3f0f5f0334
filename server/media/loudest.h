// The few loudest of any number of audio tracks, each with a place that it keeps while it speaks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "base/time.h"

namespace conclave::media {

struct LoudestChange {
  size_t place = 0;
  // Invalid (0): the place was empty, or is so now.
  TrackId left;
  TrackId entered;
};

// A packet costs O(places), whatever the number of tracks. Allocates nothing.
class Loudest {
 public:
  static constexpr size_t kPlacesMax = 16;
  // Quieter tracks take no place: background noise, and what DTX sends.
  static constexpr float kSpeechDbov = -55;
  // Pauses within speech are shorter: until then a place belongs to who spoke last.
  static constexpr Duration kHangover = Duration::Seconds(1);
  // Who has just come is not replaced before somebody could make out a word.
  static constexpr Duration kStayMin = Duration::Seconds(1);
  // Twice as loud in amplitude: what people call clearly louder.
  static constexpr float kMarginDb = 6;
  // Peaks are forgotten by a third in this time: that of a short sentence.
  static constexpr float kPeakMs = 2000;

  // `places` <= kPlacesMax.
  explicit Loudest(size_t places);

  // `loudness_dbov` from AudioActivity at a packet of the track. Returns who takes whose place.
  std::optional<LoudestChange> OnLevel(Instant now, TrackId track, float loudness_dbov);
  // The track is gone or muted.
  std::optional<LoudestChange> Remove(TrackId track);

  size_t places() const { return places_; }
  // Invalid (0) where empty.
  TrackId at(size_t place) const { return holders_[place].track; }
  std::optional<size_t> PlaceOf(TrackId track) const;

 private:
  struct Holder {
    TrackId track;
    Instant since;
    Instant last_speech;
    // The peaks of its speech, slowly forgotten: the pauses between its words do not count.
    float speech_dbov = 0;
  };

  static void Speak(Instant now, float loudness_dbov, Holder& holder);
  std::optional<size_t> FindPlace(Instant now, float loudness_dbov) const;

  size_t places_;
  std::array<Holder, kPlacesMax> holders_;
};

}  // namespace conclave::media
