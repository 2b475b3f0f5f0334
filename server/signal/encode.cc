#include "signal/encode.h"

#include <algorithm>
#include <array>
#include <utility>

#include "conference/limits.h"
#include "signal/limits.h"

namespace conclave::signal {
namespace {

// As browsers name them, in lower case.
constexpr std::array<std::pair<std::string_view, router::CodecName>, 4> kVideoCodecNames = {
    {{"vp8", router::CodecName::kVp8},
     {"vp9", router::CodecName::kVp9},
     {"h264", router::CodecName::kH264},
     {"av1", router::CodecName::kAv1}}};

std::string Encoded(const v1::ServerMessage& message) { return message.SerializeAsString(); }

v1::PauseReason ToProto(router::PauseReason reason) {
  switch (reason) {
    case router::PauseReason::kNone:
      return v1::PAUSE_REASON_UNSPECIFIED;
    case router::PauseReason::kNotWanted:
      return v1::PAUSE_REASON_NOT_WANTED;
    case router::PauseReason::kLackOfRate:
      return v1::PAUSE_REASON_LACK_OF_RATE;
    case router::PauseReason::kUnplayable:
      return v1::PAUSE_REASON_UNPLAYABLE;
  }
  return v1::PAUSE_REASON_UNSPECIFIED;
}

void FillAssignment(v1::SlotAssignment& out, const router::SlotAssignment& slot) {
  out.set_slot(slot.slot.value());
  out.set_track(slot.track.value());
  out.set_rtp_timestamp(slot.rtp_timestamp);
  const int64_t captured_us = slot.capture_time.us();
  out.set_capture_time_us(static_cast<uint64_t>(std::max<int64_t>(captured_us, 0)));
  out.set_paused(slot.paused);
  out.set_pause_reason(ToProto(slot.pause_reason));
}

// An upper bound of what the participant takes in a page, tag and length included.
size_t EncodedSize(const conference::Participant& participant) {
  v1::Participant out;
  Fill(out, participant);
  constexpr size_t kTagAndLength = 1 + 5;
  return out.ByteSizeLong() + kTagAndLength;
}

}  // namespace

v1::SourceKind ToProto(router::SourceKind source) {
  switch (source) {
    case router::SourceKind::kMicrophone:
      return v1::SOURCE_KIND_MICROPHONE;
    case router::SourceKind::kCamera:
      return v1::SOURCE_KIND_CAMERA;
    case router::SourceKind::kScreenVideo:
      return v1::SOURCE_KIND_SCREEN_VIDEO;
    case router::SourceKind::kScreenAudio:
      return v1::SOURCE_KIND_SCREEN_AUDIO;
  }
  return v1::SOURCE_KIND_UNSPECIFIED;
}

std::optional<router::SourceKind> FromProto(v1::SourceKind source) {
  switch (source) {
    case v1::SOURCE_KIND_MICROPHONE:
      return router::SourceKind::kMicrophone;
    case v1::SOURCE_KIND_CAMERA:
      return router::SourceKind::kCamera;
    case v1::SOURCE_KIND_SCREEN_VIDEO:
      return router::SourceKind::kScreenVideo;
    case v1::SOURCE_KIND_SCREEN_AUDIO:
      return router::SourceKind::kScreenAudio;
    default:
      return std::nullopt;
  }
}

v1::Role ToProto(conference::Role role) {
  switch (role) {
    case conference::Role::kViewer:
      return v1::ROLE_VIEWER;
    case conference::Role::kParticipant:
      return v1::ROLE_PARTICIPANT;
    case conference::Role::kCoHost:
      return v1::ROLE_CO_HOST;
    case conference::Role::kHost:
      return v1::ROLE_HOST;
  }
  return v1::ROLE_UNSPECIFIED;
}

std::optional<conference::Role> FromProto(v1::Role role) {
  switch (role) {
    case v1::ROLE_VIEWER:
      return conference::Role::kViewer;
    case v1::ROLE_PARTICIPANT:
      return conference::Role::kParticipant;
    case v1::ROLE_CO_HOST:
      return conference::Role::kCoHost;
    case v1::ROLE_HOST:
      return conference::Role::kHost;
    default:
      return std::nullopt;
  }
}

void Fill(v1::Participant& out, const conference::Participant& participant) {
  out.set_id(participant.id.value());
  out.set_profile(participant.profile);
  out.set_away(participant.away);
  out.set_role(ToProto(participant.role));
  out.set_breakout(participant.breakout);
  out.set_wants_help(participant.wants_help);
  for (const conference::Track& track : participant.tracks) {
    v1::Track& to = *out.add_tracks();
    to.set_id(track.id.value());
    to.set_source(ToProto(track.source));
    to.set_muted(track.muted);
    // The mid is the owner's matter; Joined tells it to the owner.
  }
}

void Fill(v1::Track& out, const router::TrackConfig& track) {
  out.set_id(track.track.value());
  out.set_source(ToProto(track.source));
  out.set_muted(track.muted);
  out.set_mid(track.mid);
}

void Fill(v1::Slot& out, const router::SlotConfig& slot) {
  out.set_id(slot.slot.value());
  out.set_mid(slot.mid);
  out.set_kind(slot.kind == router::MediaKind::kAudio ? v1::MEDIA_KIND_AUDIO
                                                      : v1::MEDIA_KIND_VIDEO);
}

// Of the classes that can be reserved.
constexpr std::pair<conference::MessageClass, v1::MessageClass> kReservable[] = {
    {conference::MessageClass::kChat, v1::MESSAGE_CLASS_CHAT},
    {conference::MessageClass::kReaction, v1::MESSAGE_CLASS_REACTION},
    {conference::MessageClass::kPoll, v1::MESSAGE_CLASS_POLL},
    {conference::MessageClass::kFile, v1::MESSAGE_CLASS_FILE},
};

conference::MessageSet ReservedFromProto(const google::protobuf::RepeatedField<int>& classes) {
  conference::MessageSet out;
  for (const auto& [known, wire] : kReservable) {
    if (std::find(classes.begin(), classes.end(), wire) != classes.end()) out.Add(known);
  }
  return out;
}

conference::SourceSet FromProto(const google::protobuf::RepeatedField<int>& sources) {
  conference::SourceSet out;
  for (const int wire : sources) {
    if (const auto source = FromProto(static_cast<v1::SourceKind>(wire))) out.Add(*source);
  }
  return out;
}

void Fill(v1::RoomRules& out, const conference::RoomRules& rules) {
  out.set_locked(rules.locked);
  for (const auto source : {router::SourceKind::kMicrophone, router::SourceKind::kCamera,
                            router::SourceKind::kScreenVideo, router::SourceKind::kScreenAudio}) {
    if (rules.reserved.Has(source)) out.add_reserved(ToProto(source));
    if (rules.start_muted.Has(source)) out.add_start_muted(ToProto(source));
  }
  out.set_lobby(rules.lobby);
  for (const auto& [known, wire] : kReservable) {
    if (rules.reserved_messages.Has(known)) out.add_reserved_messages(wire);
  }
}

conference::RoomRules FromProto(const v1::RoomRules& rules) {
  return {rules.locked(), FromProto(rules.reserved()), FromProto(rules.start_muted()),
          rules.lobby(), ReservedFromProto(rules.reserved_messages())};
}

std::string ErrorBody(const Refusal& refusal) {
  v1::ServerMessage message;
  v1::Error& error = *message.mutable_error();
  error.set_code(refusal.code);
  error.set_text(refusal.text);
  error.set_retry(refusal.retry);
  // Rounded up, so that a client that waits exactly so long is not refused again.
  error.set_retry_after_ms(static_cast<uint32_t>((refusal.retry_after.us() + 999) / 1000));
  return Encoded(message);
}

std::string SlotMapBody(std::span<const router::SlotAssignment> slots) {
  v1::ServerMessage message;
  for (const router::SlotAssignment& slot : slots)
    FillAssignment(*message.mutable_slots()->add_slots(), slot);
  return Encoded(message);
}

std::string WantedLayersBody(std::span<const router::WantedTrack> tracks) {
  v1::ServerMessage message;
  for (const router::WantedTrack& track : tracks) {
    v1::WantedTrack& out = *message.mutable_wanted_layers()->add_tracks();
    out.set_track(track.track.value());
    out.set_encodings(track.encodings);
    out.set_height_px(track.height_px);
  }
  return Encoded(message);
}

std::string DominantSpeakerBody(TrackId track) {
  v1::ServerMessage message;
  message.mutable_dominant_speaker()->set_track(track.value());
  return Encoded(message);
}

void Fill(v1::CommonCodecs& out, conference::CodecSet codecs) {
  for (const auto& [name, codec] : kVideoCodecNames) {
    if (codecs.Has(codec)) out.add_video(std::string(name));
  }
}

conference::CodecSet FromProto(const v1::Capabilities& capabilities) {
  conference::CodecSet out = conference::kAlwaysDecoded;
  size_t left = conference::kCodecNamesMax;
  for (const std::string& decoded : capabilities.decodes()) {
    if (left-- == 0) break;
    for (const auto& [name, codec] : kVideoCodecNames) {
      if (decoded == name) out.Add(codec);
    }
  }
  return out;
}

std::string CommonCodecsBody(conference::CodecSet codecs) {
  v1::ServerMessage message;
  Fill(*message.mutable_common_codecs(), codecs);
  return Encoded(message);
}

std::string AudioLevelsBody(std::span<const router::AudioLevel> levels) {
  v1::ServerMessage message;
  v1::AudioLevels& out = *message.mutable_levels();
  for (const router::AudioLevel& level : levels) {
    out.add_tracks(level.track.value());
    out.mutable_levels()->push_back(static_cast<char>(level.level));
  }
  return Encoded(message);
}

std::string Frame(uint64_t sequence, uint32_t reply_to, std::string_view body) {
  v1::ServerMessage header;
  header.set_sequence(sequence);
  header.set_reply_to(reply_to);
  std::string out = header.SerializeAsString();
  out.append(body);
  return out;
}

size_t RosterPageSize(std::span<const ParticipantId> ids, const conference::Roster& roster) {
  size_t bytes = 0;
  size_t count = 0;
  for (; count < std::min(ids.size(), kRosterPageParticipantsMax); ++count) {
    const conference::Participant* participant = roster.Find(ids[count]);
    bytes += participant == nullptr ? 0 : EncodedSize(*participant);
    if (count > 0 && bytes > kRosterPageBytesMax) break;
  }
  return count;
}

std::vector<std::string> RosterBodies(const RosterNews& news, const conference::Roster& roster) {
  std::vector<std::string> out;
  std::span<const ParticipantId> rest = news.changed;
  do {
    v1::ServerMessage message;
    v1::RosterDelta& delta = *message.mutable_roster();
    delta.set_participants_total(static_cast<uint32_t>(roster.size()));
    if (out.empty()) {
      delta.set_reset(news.reset);
      for (const ParticipantId id : news.left) delta.add_left(id.value());
    }
    const size_t count = RosterPageSize(rest, roster);
    for (const ParticipantId id : rest.first(count)) {
      const conference::Participant* participant = roster.Find(id);
      if (participant != nullptr) Fill(*delta.add_changed(), *participant);
    }
    rest = rest.subspan(count);
    out.push_back(Encoded(message));
  } while (!rest.empty());
  return out;
}

}  // namespace conclave::signal
