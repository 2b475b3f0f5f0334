#include "router/audio_ranking.h"

#include <algorithm>

namespace conclave::router {
namespace {

bool Contains(std::span<const TrackId> tracks, TrackId track) {
  return std::ranges::find(tracks, track) != tracks.end();
}

}  // namespace

AudioRanking::AudioRanking(size_t heard_max)
    : heard_max_(std::clamp<size_t>(heard_max, 1, media::Loudest::kPlacesMax)) {
  Rebuild();
}

void AudioRanking::Add(TrackId track, bool is_screen) {
  Remove(track);
  (is_screen ? screens_ : microphones_).push_back(track);
  if (is_screen) Rebuild();
  changed_ = true;
}

void AudioRanking::Remove(TrackId track) {
  if (std::erase(screens_, track) > 0) {
    Rebuild();
    changed_ = true;
    return;
  }
  if (std::erase(microphones_, track) == 0) return;
  loudest_->Remove(track);
  next_->Remove(track);
  if (dominant_.Remove(track)) dominant_changed_ = true;
  changed_ = true;
}

// Screens take places from the loudest, so that whoever has a place is heard.
void AudioRanking::Rebuild() {
  const size_t places = heard_max_ - std::min(screens_.size(), heard_max_ - 1);
  if (loudest_ && places == loudest_->places()) return;
  loudest_.emplace(places);
  next_.emplace(1);
}

void AudioRanking::OnLevel(Instant now, TrackId track, const media::AudioActivity& activity) {
  if (dominant_.OnActivity(now, track, activity)) dominant_changed_ = true;
  const float loudness = activity.Loudness(now);
  const auto change = loudest_->OnLevel(now, track, loudness);
  if (change) {
    next_->Remove(change->entered);
    changed_ = true;
    return;
  }
  if (loudest_->PlaceOf(track)) return;
  if (next_->OnLevel(now, track, loudness)) changed_ = true;
}

bool AudioRanking::TakeChanged() { return std::exchange(changed_, false); }

void AudioRanking::Wanted(std::span<const TrackId> own, std::vector<TrackId>& out) const {
  const auto want = [&](TrackId track) {
    if (track == TrackId() || Contains(own, track) || Contains(out, track)) return;
    if (out.size() < heard_max_) out.push_back(track);
  };
  out.clear();
  for (const TrackId track : screens_) want(track);
  for (size_t place = 0; place < loudest_->places(); ++place) want(loudest_->at(place));
  want(next_->at(0));
  for (const TrackId track : microphones_) {
    if (out.size() >= heard_max_) break;
    want(track);
  }
}

std::optional<TrackId> AudioRanking::TakeDominant() {
  if (!std::exchange(dominant_changed_, false)) return std::nullopt;
  return dominant_.dominant();
}

void AudioRanking::Speakers(std::vector<TrackId>& out) const {
  out.clear();
  for (size_t place = 0; place < loudest_->places(); ++place) {
    if (loudest_->at(place) != TrackId()) out.push_back(loudest_->at(place));
  }
  if (next_->at(0) != TrackId()) out.push_back(next_->at(0));
}

}  // namespace conclave::router
