#include "signal/joining.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "conference/limits.h"
#include "signal/announcements.h"
#include "signal/breakouts.h"
#include "signal/delivery.h"
#include "signal/departures.h"
#include "signal/encode.h"
#include "signal/groups.h"
#include "signal/lobby.h"
#include "signal/moderation.h"
#include "signal/offers.h"
#include "signal/passcode_checks.h"
#include "signal/people.h"
#include "signal/room_name.h"
#include "signal/spreading.h"

namespace conclave::signal {
namespace {

// A full server empties at the pace of meetings.
constexpr Duration kBusyRetry = Duration::Seconds(10);

// The room's name, or why it cannot be joined now: all that can be said before reading the offer.
std::variant<std::string, Refusal> Admit(const v1::Join& join) {
  auto name = ParseRoomName(join.room());
  if (!name) {
    return Refusal{v1::ERROR_CODE_ROOM_NAME_INVALID, name.error().message, false, {}};
  }
  if (join.profile().size() > conference::kProfileBytesMax) {
    return TooLarge("profile bytes", join.profile().size(), conference::kProfileBytesMax);
  }
  return *std::move(name);
}

// A shard that has nothing left to leave out gets nobody else.
std::optional<Refusal> RefuseFor(const ControlState& state, ShardId shard) {
  if (!state.loads.told(shard).full) return std::nullopt;
  return Refusal{v1::ERROR_CODE_SERVER_BUSY, "server busy: no time for anybody else", true,
                 kBusyRetry};
}

std::variant<conference::Room*, Refusal> FindOrCreateRoom(ControlState& state,
                                                          const std::string& name) {
  if (conference::Room* room = state.rooms.FindByName(name)) {
    const size_t size = room->roster().size();
    if (auto busy = RefuseFor(state, state.loads.PlaceIn(room->shards()))) return *std::move(busy);
    if (!room->roster().full()) return room;
    return Refusal{v1::ERROR_CODE_ROOM_FULL,
                   "room full: " + std::to_string(size) + " of " +
                       std::to_string(state.config.participants_per_room_max),
                   true, kBusyRetry};
  }
  const ShardId shard = state.loads.Least();
  if (auto busy = RefuseFor(state, shard)) return *std::move(busy);
  Result<conference::Room*> created = state.rooms.Create(name, shard);
  if (created) return *created;
  return Refusal{v1::ERROR_CODE_SERVER_BUSY, created.error().message, true, kBusyRetry};
}

conference::Participant ToParticipant(const Member& member, const Person& person,
                                      const conference::RoomRules& rules, const v1::Join& join) {
  conference::Participant out;
  out.id = member.id;
  out.profile = join.profile();
  out.role = person.role;
  out.breakout = person.breakout;
  out.decodes = FromProto(join.capabilities());
  for (const router::TrackConfig& track : member.negotiation->tracks()) {
    const bool muted = track.muted || BeginsMuted(rules, person.role, track.source);
    out.tracks.push_back({track.track, track.source, muted, track.mid});
  }
  return out;
}

router::AddParticipant ToCommand(const Member& member, const Person& person,
                                 const conference::RoomRules& rules) {
  router::AddParticipant out;
  out.room = conference::AudienceOf(member.room, person.breakout);
  out.participant = member.id;
  out.local = member.negotiation->local();
  out.remote = member.negotiation->remote();
  out.remote_fingerprint = member.negotiation->remote_fingerprint();
  out.role = router::DtlsRole::kServer;
  out.tracks = member.negotiation->tracks();
  for (router::TrackConfig& track : out.tracks) {
    track.muted |= BeginsMuted(rules, person.role, track.source);
  }
  out.slots = member.negotiation->slots();
  return out;
}

// Adds the participant to the room and to its shard.
Member& Settle(ControlState& state, Instant now, conference::Room& room, Member member,
               const v1::Join& join) {
  member.room = room.id();
  if (room.AddShard(member.shard)) TellSpread(state, room);
  std::vector<SlotId> slots;
  for (const router::SlotConfig& slot : member.negotiation->slots()) slots.push_back(slot.slot);
  const Person& person = EnterHouse(state, room, member, join.pass());
  const conference::RoomRules& rules = state.HouseOf(room).rules;
  CHECK(room.Join(now, ToParticipant(member, person, rules, join), slots).has_value());
  state.ScheduleFlush(room);
  state.loads.Add(member.shard);
  state.Command(member.shard, ToCommand(member, person, rules));
  ++state.joins;
  const ParticipantId id = member.id;
  return state.members.emplace(id, std::move(member)).first->second;
}

// The first roster page is in it; returns how many participants that was.
size_t FillJoined(v1::Joined& out, ControlState& state, Instant now, const Member& member) {
  out.set_participant(member.id.value());
  out.set_resume_token(member.token.Encoded());
  House& house = state.HouseOf(state.RoomOf(member));
  out.set_pass(house.Of(member.person).pass.Encoded());
  FillRules(*out.mutable_rules(), house);
  FillBreakouts(*out.mutable_breakouts(), now, house);
  Fill(*out.mutable_common_codecs(), state.RoomOf(member).common_codecs());
  out.set_server_version(CONCLAVE_VERSION);
  out.mutable_limits()->set_participants_max(
      static_cast<uint32_t>(state.config.participants_per_room_max));
  out.mutable_limits()->set_resume_window_ms(
      static_cast<uint32_t>(state.config.resume_window.ms()));
  out.mutable_limits()->set_file_bytes_max(static_cast<uint32_t>(state.config.file_bytes_max));
  for (const auto& slot : member.negotiation->slots()) Fill(*out.add_slots(), slot);
  const conference::Roster& roster = state.RoomOf(member).roster();
  for (const auto& track : member.negotiation->tracks()) {
    v1::Track& added = *out.add_tracks();
    Fill(added, track);
    // The offer said how it begins; the role may have it otherwise.
    added.set_muted(roster.FindTrack(track.track)->muted);
  }

  out.set_participants_total(static_cast<uint32_t>(roster.size()));
  std::vector<ParticipantId> ids;
  for (const auto& [id, participant] : roster.participants()) ids.push_back(id);
  const size_t count = RosterPageSize(ids, roster);
  for (const ParticipantId id : std::span(ids).first(count)) {
    Fill(*out.add_roster(), *roster.Find(id));
  }
  return count;
}

void Welcome(ControlState& state, Instant now, Member& member, uint32_t request,
             std::string answer_deflated) {
  v1::ServerMessage message;
  v1::Joined& joined = *message.mutable_joined();
  joined.set_answer_deflated(std::move(answer_deflated));
  const size_t introduced = FillJoined(joined, state, now, member);
  // Whoever has not seen it has no token to ask for it again, so it is counted but not kept.
  const uint64_t sequence = member.replay.NextSequence();
  member.replay.Skip();
  state.output.emplace_back(
      SendMessage{*member.connection, Frame(sequence, request, message.SerializeAsString())});
  IntroduceRoom(state, member, RosterStart::kContinue, introduced);
}

// Who waits, to whoever may decide about them.
void TellNewModerator(ControlState& state, Member& member) {
  const conference::Room& room = state.RoomOf(member);
  const bool decides = Moderates(room.roster().Find(member.id)->role);
  if (decides && state.lobbies.contains(room.name())) TellLobby(state, member);
}

bool IsRecorded(ControlState& state, const conference::Room& room) {
  const auto& people = room.roster().participants();
  return std::any_of(people.begin(), people.end(), [&](const auto& entry) {
    const Member* member = state.FindMember(entry.first);
    return member != nullptr && member->recording;
  });
}

}  // namespace

Outcome Join(ControlState& state, Instant now, Session& session, uint32_t request,
             const v1::Join& join) {
  auto admitted = Admit(join);
  if (auto* refusal = std::get_if<Refusal>(&admitted)) return std::move(*refusal);
  const std::string& name = std::get<std::string>(admitted);
  if (Outcome refusal = AdmitPerson(state, session, name, join.pass())) return refusal;
  if (Outcome refusal = AdmitToGroup(state, name, join)) return refusal;
  if (AsksPasscode(state, name, join.pass())) {
    return CheckPasscode(state, now, session, request, name, join);
  }
  return JoinPastPasscode(state, now, session, request, name, join);
}

Outcome JoinPastPasscode(ControlState& state, Instant now, Session& session, uint32_t request,
                         const std::string& room_name, const v1::Join& join) {
  if (MustWait(state, room_name, join.pass())) {
    return EnterLobby(state, session, request, room_name, join);
  }
  return EnterRoom(state, now, session, request, room_name, join);
}

void HoldJoin(Session& session, PendingJoin pending) {
  session.state = SessionState::kWaiting;
  session.pending = std::make_unique<PendingJoin>(std::move(pending));
}

Outcome HandleLook(ControlState& state, const Session& session, uint32_t request,
                   const v1::Look& look) {
  auto parsed = ParseRoomName(look.room());
  if (!parsed) {
    return Refusal{v1::ERROR_CODE_ROOM_NAME_INVALID, parsed.error().message, false, {}};
  }
  const std::string& name = *parsed;
  v1::ServerMessage message;
  v1::Sight& sight = *message.mutable_sight();
  if (const conference::Room* room = state.rooms.FindByName(name)) {
    sight.set_participants(static_cast<uint32_t>(room->roster().size()));
    sight.set_recorded(IsRecorded(state, *room));
  }
  sight.set_passcode(AsksPasscode(state, name, look.pass()));
  sight.set_lobby(MustWait(state, name, look.pass()));
  const Outcome refusal = AdmitPerson(state, session, name, look.pass());
  sight.set_locked(refusal && refusal->code == v1::ERROR_CODE_ROOM_LOCKED);
  SendToConnection(state, session.connection, request, message.SerializeAsString());
  return std::nullopt;
}

Outcome EnterRoom(ControlState& state, Instant now, Session& session, uint32_t request,
                  const std::string& name, const v1::Join& join) {
  auto found = FindOrCreateRoom(state, name);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  conference::Room& room = *std::get<conference::Room*>(found);

  Member member;
  state.last_participant = ParticipantId(state.last_participant.value() + 1);
  member.id = state.last_participant;
  member.shard = state.loads.PlaceIn(room.shards());
  const ShardEndpoint& endpoint = state.config.shards.at(member.shard.value());
  member.negotiation = std::make_unique<Negotiation>(
      AnswerIdentity{state.config.fingerprint, endpoint.candidates}, state.random, state.media_ids);
  auto applied = ApplyOffer(*member.negotiation, join.offer_deflated(), join.tracks());
  if (auto* refusal = std::get_if<Refusal>(&applied)) {
    if (room.roster().size() == 0) state.rooms.Erase(room.id());
    return std::move(*refusal);
  }
  member.token = ResumeToken::Make(member.id, state.random);
  member.connection = session.connection;
  member.network = session.network;
  session.state = SessionState::kJoined;
  session.participant = member.id;
  state.silences.Cancel(session.connection);
  Member& settled = Settle(state, now, room, std::move(member), join);
  Welcome(state, now, settled, request, std::move(std::get<AppliedOffer>(applied).answer_deflated));
  TellNewModerator(state, settled);
  RemoveGhosts(state, now, settled);
  ReviewSuccession(state, now, room);
  return std::nullopt;
}

}  // namespace conclave::signal
