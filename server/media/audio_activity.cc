#include "media/audio_activity.h"

#include <algorithm>

namespace conclave::media {
namespace {

constexpr float kSilentDbov = -127;
// What nearly all senders put into a packet.
constexpr Duration kPacketTime = Duration::Millis(20);
// Later packets than this mean that the sender pauses (DTX): three packets, so that loss does not
// look like it.
constexpr Duration kUnheardMin = Duration::Millis(60);
// No quieter background is worth telling apart: some microphones send digital silence between
// words.
constexpr float kNoiseMinDbov = -90;
// The background may rise by 4 dB a second: a fan that starts stops counting as speech after ten
// seconds, while a sentence, which dips to the background within one, does not raise it.
constexpr float kNoiseRiseDbPerMs = 0.004F;
// Averages over several words, so that one emphasized word does not decide.
constexpr float kSpeechMs = 500;

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
  const Duration elapsed = started_ ? now - last_ : kPacketTime;
  const Duration step = std::min(elapsed, kUnheardMin);
  loudness_ = Loudness(now);
  loudness_ = Towards(loudness_, dbov, Ms(step), dbov > loudness_ ? kAttackMs : kReleaseMs);
  noise_ = std::min(std::max(dbov, kNoiseMinDbov), noise_ + Ms(elapsed) * kNoiseRiseDbPerMs);
  speaking_ = dbov > noise_ + kSpeechOverNoiseDb && dbov > kSpeechMinDbov;
  if (speaking_) OnSpeech(now, step, dbov);
  started_ = true;
  last_ = now;
}

void AudioActivity::OnSpeech(Instant now, Duration step, float dbov) {
  if (Silence(now) > kPauseMax) {
    utterance_start_ = now - step;
    sounding_ = Duration();
    speech_loudness_ = dbov;
  }
  spoken_ = true;
  last_speech_ = now;
  sounding_ += step;
  speech_loudness_ = Towards(speech_loudness_, dbov, Ms(step), kSpeechMs);
}

float AudioActivity::Loudness(Instant now) const {
  return Towards(loudness_, kSilentDbov, Ms(Unheard(now)), kReleaseMs);
}

Duration AudioActivity::Utterance() const {
  const Duration length = last_speech_ - utterance_start_;
  return sounding_ * 2 >= length ? length : Duration();
}

Duration AudioActivity::Silence(Instant now) const {
  return spoken_ ? now - last_speech_ : Duration::Infinite();
}

// How long nothing came beyond what is usual.
Duration AudioActivity::Unheard(Instant now) const {
  return started_ ? std::max(now - last_ - kUnheardMin, Duration()) : Duration();
}

}  // namespace conclave::media
