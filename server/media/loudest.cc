#include "media/loudest.h"

#include <algorithm>

#include "base/check.h"

namespace conclave::media {

Loudest::Loudest(size_t places) : places_(places) { CHECK(places <= kPlacesMax); }

std::optional<LoudestChange> Loudest::OnLevel(Instant now, TrackId track, float loudness_dbov) {
  const bool speaks = loudness_dbov >= kSpeechDbov;
  if (const std::optional<size_t> place = PlaceOf(track)) {
    if (speaks) Speak(now, loudness_dbov, holders_[*place]);
    return std::nullopt;
  }
  if (!speaks) return std::nullopt;
  const std::optional<size_t> place = FindPlace(now, loudness_dbov);
  if (!place) return std::nullopt;
  const TrackId left = holders_[*place].track;
  holders_[*place] = {track, now, now, loudness_dbov};
  return LoudestChange{*place, left, track};
}

void Loudest::Speak(Instant now, float loudness_dbov, Holder& holder) {
  const float ms = static_cast<float>((now - holder.last_speech).ms());
  const float step = (loudness_dbov - holder.speech_dbov) * ms / (ms + kPeakMs);
  holder.speech_dbov = std::max(loudness_dbov, holder.speech_dbov + step);
  holder.last_speech = now;
}

std::optional<LoudestChange> Loudest::Remove(TrackId track) {
  const std::optional<size_t> place = PlaceOf(track);
  if (!place) return std::nullopt;
  holders_[*place] = {};
  return LoudestChange{*place, track, TrackId()};
}

std::optional<size_t> Loudest::PlaceOf(TrackId track) const {
  for (size_t i = 0; i < places_; ++i) {
    if (holders_[i].track == track && track != TrackId()) return i;
  }
  return std::nullopt;
}

// An empty place; else that of who has been silent longest, beyond the hangover; else that of the
// quietest who is clearly quieter and has had its time.
std::optional<size_t> Loudest::FindPlace(Instant now, float loudness_dbov) const {
  std::optional<size_t> silent;
  std::optional<size_t> quiet;
  for (size_t i = 0; i < places_; ++i) {
    const Holder& holder = holders_[i];
    if (holder.track == TrackId()) return i;
    if (now - holder.last_speech >= kHangover) {
      if (!silent || holder.last_speech < holders_[*silent].last_speech) silent = i;
    } else if (now - holder.since >= kStayMin && loudness_dbov > holder.speech_dbov + kMarginDb) {
      if (!quiet || holder.speech_dbov < holders_[*quiet].speech_dbov) quiet = i;
    }
  }
  return silent ? silent : quiet;
}

}  // namespace conclave::media
