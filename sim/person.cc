#include "sim/person.h"

#include <algorithm>
#include <utility>

namespace conclave::sim {
namespace {

using router::SourceKind;

constexpr uint8_t kLoudest = 15;
constexpr uint16_t kHeights[] = {0, 90, 180, 360};
constexpr size_t kTilesMax = 3;

}  // namespace

Person::Person(uint32_t number, uint64_t seed, Instant first_join,
               const router::Fingerprint& fingerprint)
    : number_(number), random_(seed), fingerprint_(fingerprint), next_action_(first_join) {}

Duration Person::Between(int64_t low_ms, int64_t high_ms) {
  const auto span = static_cast<uint64_t>(high_ms - low_ms + 1);
  return Duration::Millis(low_ms + static_cast<int64_t>(random_.Next64() % span));
}

PersonOutput Person::Act(Instant now, MediaClient* client) {
  next_action_ = now + Between(1500, 5000);
  switch (state_) {
    case State::kAway:
      return Join();
    case State::kJoining:
      return {};
    case State::kCut: {
      PersonOutput out;
      out.open_socket = true;
      out.messages.push_back(signal_->ResumeMessage());
      state_ = State::kIn;
      return out;
    }
    case State::kIn:
      break;
  }
  if (client == nullptr || !client->connected()) return {};
  const double dice = Chance();
  PersonOutput out;
  if (dice < 0.40) {
    out.messages.push_back(WishLayout());
  } else if (dice < 0.60) {
    ToggleVoice(*client);
  } else if (dice < 0.70) {
    out.messages.push_back(ToggleMute(*client, SourceKind::kMicrophone));
  } else if (dice < 0.80) {
    out.messages.push_back(ToggleMute(*client, SourceKind::kCamera));
  } else if (dice < 0.84) {
    out.messages.push_back(ToggleMute(*client, SourceKind::kScreenVideo));
  } else if (dice < 0.87) {
    out.messages.push_back(
        signal_->RestartMessage({random_.Text(kIceChars, 8), random_.Text(kIceChars, 24)}));
  } else if (dice < 0.90) {
    out.messages.push_back(SignalClient::ChatMessage("hello from " + profile_));
  } else if (dice < 0.93) {
    return LoseSocket(now);
  } else if (dice < 0.97) {
    next_action_ = now + Between(500, 6000);
    return Leave(true);
  } else {
    // Longer than the server waits for a lost client to come back.
    next_action_ = now + Between(8000, 12000);
    return Leave(false);
  }
  return out;
}

PersonOutput Person::Join() {
  profile_ = "Profile-" + std::to_string(number_) + "-" + random_.Text(kIceChars, 12);
  plan_ = OfferPlan();
  plan_.ice = {random_.Text(kIceChars, 8), random_.Text(kIceChars, 24)};
  plan_.fingerprint = fingerprint_;
  plan_.senders = {{SourceKind::kMicrophone, 1, Chance() < 0.3},
                   {SourceKind::kCamera, 2, Chance() < 0.3},
                   {SourceKind::kScreenVideo, 1, true}};
  plan_.video_slots = Chance() < 0.5 ? 2 : 4;
  // Two families of clients, which number their codecs differently.
  if (Chance() < 0.5) {
    plan_.opus_payload_type = 109;
    plan_.vp8_payload_type = 120;
  }
  signal_.emplace("open/simulated-room", profile_, plan_);
  state_ = State::kJoining;
  PersonOutput out;
  out.open_socket = true;
  out.messages.push_back(signal_->JoinMessage());
  return out;
}

void Person::OnJoined(Instant now) {
  state_ = State::kIn;
  next_action_ = now + Between(500, 2000);
}

PersonOutput Person::Leave(bool politely) {
  PersonOutput out;
  if (politely) out.messages.push_back(SignalClient::LeaveMessage());
  out.close_socket = true;
  out.drop_media = true;
  state_ = State::kAway;
  return out;
}

PersonOutput Person::GoHome() {
  next_action_ = Instant::Never();
  if (state_ == State::kAway) return {};
  return Leave(state_ == State::kIn);
}

PersonOutput Person::LoseSocket(Instant now) {
  PersonOutput out;
  out.close_socket = true;
  state_ = State::kCut;
  next_action_ = now + Between(300, 2500);
  return out;
}

std::string Person::WishLayout() {
  std::vector<TrackId> tracks = signal_->OthersTracks(SourceKind::kCamera);
  for (const TrackId screen : signal_->OthersTracks(SourceKind::kScreenVideo)) {
    if (Chance() < 0.1) tracks.push_back(screen);
  }
  std::vector<router::TrackWish> wishes;
  const size_t count = std::min<size_t>(tracks.size(), random_.Next32() % (kTilesMax + 1));
  for (size_t i = 0; i < count; ++i) {
    router::TrackWish wish;
    wish.track = tracks[random_.Next32() % tracks.size()];
    wish.height_px = kHeights[random_.Next32() % std::size(kHeights)];
    wish.on_stage = i == 0 && Chance() < 0.3;
    wishes.push_back(wish);
  }
  return SignalClient::LayoutMessage(wishes);
}

std::string Person::ToggleMute(MediaClient& client, SourceKind source) {
  const TrackId id = signal_->OwnTrack(source);
  FakeTrack& track = client.track(id);
  track.set_muted(!track.muted());
  return SignalClient::TrackStateMessage(id, track.muted());
}

void Person::ToggleVoice(MediaClient& client) {
  FakeTrack& voice = client.track(signal_->OwnTrack(SourceKind::kMicrophone));
  // Most of the time most people listen.
  const bool speaks = voice.level() == FakeTrack::kSilence && Chance() < 0.2;
  voice.set_level(speaks ? static_cast<uint8_t>(kLoudest + random_.Next32() % 30)
                         : FakeTrack::kSilence);
}

}  // namespace conclave::sim
