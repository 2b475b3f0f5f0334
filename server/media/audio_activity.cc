#include "media/audio_activity.h"

#include <algorithm>

namespace conclave::media {
namespace {

constexpr float kSilentDbov = -127;
// Later packets than this mean that the sender pauses (DTX): three packets, so that loss does not
// look like it.
constexpr float kPauseMs = 60;
// The background may rise by 4 dB a second: a fan that starts stops counting as speech after ten
// seconds, while a sentence, which dips to the background within one, does not raise it.
constexpr float kNoiseRiseDbPerMs = 0.004F;

float Ms(Duration duration) {
  return static_cast<float>(std::clamp<int64_t>(duration.us(), 0, 10'000'000)) / 1000;
}

// Moves `value` towards `aim` as a low-pass of that time constant does in `ms`. The rational form
// is close to the exponential for steps shorter than the constant, and stable for all.
float Towards(float value, float aim, float ms, float constant_ms) {
  return value + (aim - value) * ms / (ms + constant_ms);
}

}  // namespace

void AudioActivity::OnLevel(Instant now, uint8_t level) {
  const float dbov = -static_cast<float>(std::min<uint8_t>(level, 127));
  // A first packet counts as one of the usual 20 ms.
  const float ms = started_ ? Ms(now - last_) : 20;
  const float step = std::min(ms, kPauseMs);
  loudness_ = Loudness(now);
  activity_ = Activity(now);
  loudness_ = Towards(loudness_, dbov, step, dbov > loudness_ ? kAttackMs : kReleaseMs);
  noise_ = std::min(std::max(dbov, -90.0F), noise_ + ms * kNoiseRiseDbPerMs);
  speaking_ = loudness_ > noise_ + kSpeechOverNoiseDb && loudness_ > kSpeechMinDbov;
  activity_ = Towards(activity_, speaking_ ? 1 : 0, step, kActivityMs);
  started_ = true;
  last_ = now;
}

float AudioActivity::Loudness(Instant now) const {
  return Towards(loudness_, kSilentDbov, Silence(now), kReleaseMs);
}

float AudioActivity::Activity(Instant now) const {
  return Towards(activity_, 0, Silence(now), kActivityMs);
}

// How long nothing came beyond what is usual.
float AudioActivity::Silence(Instant now) const {
  return started_ ? std::max(Ms(now - last_) - kPauseMs, 0.0F) : 0;
}

}  // namespace conclave::media
