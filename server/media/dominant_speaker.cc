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
  const Duration utterance = challenger.Utterance();
  if (dominant_ == TrackId()) return utterance >= kFirst;
  if (activity_.Silence(now) >= kFree) return utterance >= kTake;
  return utterance >= kInterrupt &&
         challenger.speech_loudness() >= activity_.speech_loudness() + kInterruptDb;
}

}  // namespace conclave::media
