#include "media/dominant_speaker.h"

namespace conclave::media {

bool DominantSpeaker::OnActivity(Instant now, TrackId track, const AudioActivity& activity) {
  if (track != dominant_) {
    if (!activity.speaking() || !Takes(now, activity)) return false;
    dominant_ = track;
    activity_ = activity;
    return true;
  }
  activity_ = activity;
  return false;
}

bool DominantSpeaker::Remove(TrackId track) {
  if (track != dominant_ || dominant_ == TrackId()) return false;
  dominant_ = TrackId();
  return true;
}

bool DominantSpeaker::Takes(Instant now, const AudioActivity& challenger) const {
  const float activity = challenger.Activity(now);
  if (dominant_ == TrackId()) return activity >= kFirst;
  if (activity_.Activity(now) < kFree) return activity >= kTake;
  return activity >= kInterrupt &&
         challenger.Loudness(now) >= activity_.Loudness(now) + kInterruptDb;
}

}  // namespace conclave::media
