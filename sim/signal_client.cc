#include "sim/signal_client.h"

#include <algorithm>
#include <utility>

#include "protocol/conclave.pb.h"
#include "signal/deflate.h"

namespace conclave::sim {
namespace {

constexpr size_t kAnswerBytesMax = 512 * 1024;

router::SourceKind FromProtocol(v1::SourceKind source) {
  switch (source) {
    case v1::SOURCE_KIND_CAMERA:
      return router::SourceKind::kCamera;
    case v1::SOURCE_KIND_SCREEN_VIDEO:
      return router::SourceKind::kScreenVideo;
    case v1::SOURCE_KIND_SCREEN_AUDIO:
      return router::SourceKind::kScreenAudio;
    default:
      return router::SourceKind::kMicrophone;
  }
}

v1::SourceKind ToProtocol(router::SourceKind source) {
  switch (source) {
    case router::SourceKind::kCamera:
      return v1::SOURCE_KIND_CAMERA;
    case router::SourceKind::kScreenVideo:
      return v1::SOURCE_KIND_SCREEN_VIDEO;
    case router::SourceKind::kScreenAudio:
      return v1::SOURCE_KIND_SCREEN_AUDIO;
    case router::SourceKind::kMicrophone:
      break;
  }
  return v1::SOURCE_KIND_MICROPHONE;
}

std::string ProtocolName(router::CodecName codec) {
  if (codec == router::CodecName::kVp9) return "vp9";
  return codec == router::CodecName::kAv1 ? "av1" : "vp8";
}

router::SlotAssignment FromProtocol(const v1::SlotAssignment& slot) {
  router::SlotAssignment assignment;
  assignment.slot = SlotId(static_cast<uint16_t>(slot.slot()));
  assignment.track = TrackId(slot.track());
  assignment.rtp_timestamp = slot.rtp_timestamp();
  assignment.capture_time = Instant::FromMicros(static_cast<int64_t>(slot.capture_time_us()));
  assignment.paused = slot.paused();
  return assignment;
}

}  // namespace

SignalClient::SignalClient(std::string room, std::string profile, OfferPlan plan)
    : room_(std::move(room)), profile_(std::move(profile)), plan_(std::move(plan)) {}

std::string SignalClient::JoinMessage() const {
  v1::ClientMessage message;
  message.set_request(1);
  v1::Join& join = *message.mutable_join();
  join.set_room(room_);
  join.set_profile(profile_);
  join.set_offer_deflated(signal::Deflate(WriteOffer(plan_)));
  for (size_t i = 0; i < plan_.senders.size(); ++i) {
    v1::OfferedTrack& track = *join.add_tracks();
    track.set_mid(std::to_string(i));
    track.set_source(ToProtocol(plan_.senders[i].source));
    track.set_muted(plan_.senders[i].muted);
  }
  join.mutable_capabilities()->set_engine("other");
  for (const router::CodecName codec : plan_.video_codecs) {
    join.mutable_capabilities()->add_decodes(ProtocolName(codec));
  }
  return message.SerializeAsString();
}

std::string SignalClient::ResumeMessage() const {
  v1::ClientMessage message;
  message.set_request(2);
  message.mutable_resume()->set_token(resume_token_);
  message.mutable_resume()->set_last_sequence(last_sequence_);
  return message.SerializeAsString();
}

std::string SignalClient::RestartMessage(router::IceCredentials ice) {
  plan_.ice = std::move(ice);
  v1::ClientMessage message;
  message.set_request(3);
  message.mutable_offer()->set_offer_deflated(signal::Deflate(WriteOffer(plan_)));
  return message.SerializeAsString();
}

std::string SignalClient::LayoutMessage(const std::vector<router::TrackWish>& wishes) {
  v1::ClientMessage message;
  v1::LayoutWish& layout = *message.mutable_layout();
  for (const router::TrackWish& wish : wishes) {
    v1::TrackWish& track = *layout.add_tracks();
    track.set_track(wish.track.value());
    track.set_height_px(wish.height_px);
    track.set_pinned(wish.pinned);
    track.set_on_stage(wish.on_stage);
  }
  return message.SerializeAsString();
}

std::string SignalClient::TrackStateMessage(TrackId track, bool muted) {
  v1::ClientMessage message;
  message.mutable_track_state()->set_track(track.value());
  message.mutable_track_state()->set_muted(muted);
  return message.SerializeAsString();
}

std::string SignalClient::ChatMessage(const std::string& text) {
  v1::ClientMessage message;
  message.mutable_relay()->set_class_(v1::MESSAGE_CLASS_CHAT);
  message.mutable_relay()->set_payload(text);
  return message.SerializeAsString();
}

std::string SignalClient::LeaveMessage() {
  v1::ClientMessage message;
  message.mutable_leave();
  return message.SerializeAsString();
}

void SignalClient::OnMessage(std::span<const uint8_t> bytes) {
  v1::ServerMessage message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    ++stats_.unreadable;
    return;
  }
  if (message.sequence() != 0) {
    if (message.sequence() != last_sequence_ + 1) ++stats_.sequence_gaps;
    last_sequence_ = message.sequence();
  }
  if (message.has_joined()) OnJoined(message.joined());
  if (message.has_answer()) OnAnswer(message.answer().answer_deflated());
  if (message.has_resumed()) last_sequence_ = message.resumed().last_sequence();
  if (message.has_error()) {
    ++stats_.errors;
    refusal_ = {message.error().text(), message.error().retry(),
                Duration::Millis(message.error().retry_after_ms())};
  }
  if (message.has_dominant_speaker()) {
    dominant_speaker_ = TrackId(message.dominant_speaker().track());
  }
  if (message.has_relay()) ++chats_;
  if (message.has_roster()) {
    if (message.roster().reset()) roster_.clear();
    for (const uint32_t left : message.roster().left()) roster_.erase(left);
    for (const auto& participant : message.roster().changed()) PutParticipant(participant);
  }
  for (const v1::WantedTrack& track : message.wanted_layers().tracks()) {
    wanted_[TrackId(track.track())] = static_cast<uint8_t>(track.encodings());
  }
  if (message.has_slots()) {
    for (const v1::SlotAssignment& slot : message.slots().slots()) {
      const router::SlotAssignment assignment = FromProtocol(slot);
      slot_map_[assignment.slot] = assignment;
    }
  }
}

template <typename Participant>
void SignalClient::PutParticipant(const Participant& participant) {
  std::vector<RosterTrack>& tracks = roster_[participant.id()];
  tracks.clear();
  for (const v1::Track& track : participant.tracks()) {
    tracks.push_back({TrackId(track.id()), FromProtocol(track.source())});
  }
}

template <typename Message>
void SignalClient::OnJoined(const Message& joined) {
  participant_ = ParticipantId(joined.participant());
  resume_token_ = joined.resume_token();
  const std::string& deflated = joined.answer_deflated();
  const auto answer = signal::Inflate(
      {reinterpret_cast<const uint8_t*>(deflated.data()), deflated.size()}, kAnswerBytesMax);
  if (answer) media_config_ = ReadAnswer(plan_, *answer);
  if (!media_config_) {
    ++stats_.unreadable;
    return;
  }
  for (router::TrackConfig& track : media_config_->tracks) {
    for (const v1::Track& told : joined.tracks()) {
      if (told.mid() == track.mid) track.track = TrackId(told.id());
    }
    own_.push_back({track.track, track.source});
  }
  for (router::SlotConfig& slot : media_config_->slots) {
    for (const v1::Slot& told : joined.slots()) {
      if (told.mid() == slot.mid) slot.slot = SlotId(static_cast<uint16_t>(told.id()));
    }
  }
  for (const v1::Participant& participant : joined.roster()) PutParticipant(participant);
}

void SignalClient::OnAnswer(const std::string& deflated) {
  const auto answer = signal::Inflate(
      {reinterpret_cast<const uint8_t*>(deflated.data()), deflated.size()}, kAnswerBytesMax);
  const auto media = answer ? ReadAnswer(plan_, *answer) : std::nullopt;
  if (!media) {
    ++stats_.unreadable;
    return;
  }
  ice_restart_ = {media->local, media->remote};
}

std::optional<MediaClientConfig> SignalClient::TakeMediaConfig() {
  return std::exchange(media_config_, std::nullopt);
}

TrackId SignalClient::OwnTrack(router::SourceKind source) const {
  const auto found = std::ranges::find(own_, source, &RosterTrack::source);
  return found == own_.end() ? TrackId() : found->id;
}

std::vector<TrackId> SignalClient::OthersTracks(router::SourceKind source) const {
  std::vector<TrackId> tracks;
  for (const auto& [id, list] : roster_) {
    if (ParticipantId(id) == participant_) continue;
    for (const RosterTrack& track : list) {
      if (track.source == source) tracks.push_back(track.id);
    }
  }
  return tracks;
}

bool SignalClient::Knows(TrackId track) const {
  return std::ranges::any_of(roster_, [&](const auto& entry) {
    return std::ranges::find(entry.second, track, &RosterTrack::id) != entry.second.end();
  });
}

}  // namespace conclave::sim
