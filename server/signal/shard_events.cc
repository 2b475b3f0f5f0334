#include "signal/shard_events.h"

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "signal/delivery.h"
#include "signal/departures.h"
#include "signal/encode.h"

namespace conclave::signal {
namespace {

std::string TextOf(router::TransportFailure why) {
  switch (why) {
    case router::TransportFailure::kConsentLost:
      return "media: no connectivity check for too long";
    case router::TransportFailure::kDtlsFailed:
      return "media: DTLS failed";
    case router::TransportFailure::kFingerprintMismatch:
      return "media: another certificate than the offer named";
    case router::TransportFailure::kDtlsClosed:
      return "media: closed by the client";
    case router::TransportFailure::kKeysUsedUp:
      return "media: more streams than one transport may have";
  }
  return "media: failed";
}

// The connectivity is known to the client from its own peer connection.
void On(ControlState&, Instant, const router::TransportConnected&) {}

void On(ControlState& state, Instant now, const router::TransportFailed& event) {
  Member* member = state.FindMember(event.participant);
  if (member == nullptr) return;
  const auto connection = member->connection;
  RemoveMember(state, now, *member);
  if (!connection) return;
  // The WebSocket is as good as new: a client that joins again over it saves a handshake.
  if (Session* session = state.FindSession(*connection)) {
    session->state = SessionState::kNew;
    session->participant = ParticipantId();
    state.silences.Set(*connection, now + kUnjoinedSilenceMax);
    SendToConnection(
        state, *connection, 0,
        ErrorBody({v1::ERROR_CODE_TRANSPORT_FAILED, TextOf(event.why), true, Duration()}));
  }
}

void On(ControlState& state, Instant now, const router::SlotsChanged& event) {
  const Member* member = state.FindMember(event.participant);
  if (member == nullptr) return;
  conference::Room& room = state.RoomOf(*member);
  room.OnSlots(now, event.participant, event.slots);
  state.ScheduleFlush(room);
}

void On(ControlState& state, Instant now, const router::DominantSpeakerChanged& event) {
  const auto [id, breakout] = conference::AudienceBy(event.room);
  conference::Room* room = state.rooms.Find(id);
  if (room == nullptr) return;
  room->OnDominantSpeaker(now, breakout, event.track);
  state.ScheduleFlush(*room);
}

void On(ControlState& state, Instant, const router::AudioLevels& event) {
  const conference::Audience audience = conference::AudienceBy(event.room);
  const conference::Room* room = state.rooms.Find(audience.room);
  if (room == nullptr) return;
  // Somebody may have gone elsewhere in the meantime.
  std::vector<router::AudioLevel> levels = event.levels;
  std::erase_if(levels, [&](const router::AudioLevel& level) {
    return !room->roster().IsIn(audience.breakout, level.track);
  });
  const std::string body = AudioLevelsBody(levels);
  for (const auto& [id, participant] : room->roster().participants()) {
    const bool hears = participant.breakout == audience.breakout;
    const Member* member = hears ? state.FindMember(id) : nullptr;
    if (member != nullptr) SendUncounted(state, *member, body);
  }
}

// Handled where the shard is known.
void On(ControlState&, Instant, const router::ShardLoad&) {}

void On(ControlState& state, Instant, const router::LayersWanted& event) {
  const conference::Room* room = state.rooms.Find(conference::AudienceBy(event.room).room);
  if (room == nullptr) return;
  std::map<ParticipantId, std::vector<router::WantedTrack>> news;
  for (const router::WantedTrack& track : event.tracks) {
    // Its owner may have left in the meantime.
    if (room->roster().FindTrack(track.track) == nullptr) continue;
    news[room->roster().OwnerOf(track.track)].push_back(track);
  }
  for (const auto& [owner, tracks] : news) {
    Member* member = state.FindMember(owner);
    if (member == nullptr) continue;
    for (const router::WantedTrack& track : tracks) member->wanted[track.track] = track;
    SendToMember(state, *member, 0, WantedLayersBody(tracks));
  }
}

}  // namespace

void HandleShardEvent(ControlState& state, Instant now, ShardId shard, const router::Event& event) {
  if (const auto* load = std::get_if<router::ShardLoad>(&event)) {
    state.loads.OnLoad(shard, *load);
    return;
  }
  std::visit([&](const auto& each) { On(state, now, each); }, event);
}

}  // namespace conclave::signal
