#include "signal/lobby.h"

#include <memory>
#include <utility>
#include <vector>

#include "conference/limits.h"
#include "signal/close_codes.h"
#include "signal/delivery.h"
#include "signal/encode.h"
#include "signal/joining.h"
#include "signal/people.h"

namespace conclave::signal {
namespace {

using conference::WaitingPerson;

constexpr Duration kFullRetry = Duration::Seconds(30);

conference::Lobby* FindLobby(ControlState& state, const std::string& room_name) {
  const auto lobby = state.lobbies.find(room_name);
  return lobby == state.lobbies.end() ? nullptr : &lobby->second;
}

void Fill(v1::WaitingPerson& out, const WaitingPerson& person) {
  out.set_number(person.id.value());
  out.set_knock(person.knock);
}

void TellModerators(ControlState& state, const std::string& room_name,
                    const v1::ServerMessage& message, ParticipantId except = ParticipantId()) {
  const conference::Room* room = state.rooms.FindByName(room_name);
  if (room == nullptr) return;
  const std::string body = message.SerializeAsString();
  for (const auto& [id, participant] : room->roster().participants()) {
    if (!Moderates(participant.role) || id == except) continue;
    SendToMember(state, *state.FindMember(id), 0, body);
  }
}

void Remove(ControlState& state, const std::string& room_name, WaitingId id) {
  conference::Lobby* lobby = FindLobby(state, room_name);
  if (lobby == nullptr || !lobby->Leave(id)) return;
  if (lobby->people().empty()) state.lobbies.erase(room_name);
  v1::ServerMessage message;
  message.mutable_lobby()->add_left(id.value());
  TellModerators(state, room_name, message);
}

void LetIn(ControlState& state, Instant now, Session& session) {
  const std::unique_ptr<PendingJoin> pending = std::move(session.pending);
  session.state = SessionState::kNew;
  Remove(state, pending->room, pending->waiting);
  const Outcome refusal =
      EnterRoom(state, now, session, pending->request, pending->room, pending->join);
  if (refusal) SendRefusal(state, session, pending->request, *refusal);
}

// Those of the room's lobby that are named, if they wait there.
std::vector<ConnectionId> Named(ControlState& state, const std::string& room_name,
                                const google::protobuf::RepeatedField<uint32_t>& numbers) {
  std::vector<ConnectionId> out;
  const conference::Lobby* lobby = FindLobby(state, room_name);
  if (lobby == nullptr) return out;
  for (const uint32_t number : numbers) {
    if (const WaitingPerson* person = lobby->Find(WaitingId(number))) {
      out.push_back(person->connection);
    }
  }
  return out;
}

std::vector<ConnectionId> Everybody(ControlState& state, const std::string& room_name) {
  std::vector<ConnectionId> out;
  if (const conference::Lobby* lobby = FindLobby(state, room_name)) {
    for (const auto& [id, person] : lobby->people()) out.push_back(person.connection);
  }
  return out;
}

Outcome CheckDecides(ControlState& state, const Member& member) {
  const auto role = state.RoomOf(member).roster().Find(member.id)->role;
  return Moderates(role) ? Outcome() : NotAllowed("only hosts and co-hosts decide in the lobby");
}

Outcome CheckPayload(const v1::LobbyMessage& message) {
  const size_t size = message.payload().size();
  if (size <= conference::kLobbyMessageBytesMax) return std::nullopt;
  return TooLarge("lobby message bytes", size, conference::kLobbyMessageBytesMax);
}

v1::ServerMessage Said(WaitingId waiting, const std::string& payload, ParticipantId sender) {
  v1::ServerMessage message;
  message.mutable_lobby_message()->set_waiting(waiting.value());
  message.mutable_lobby_message()->set_payload(payload);
  message.mutable_lobby_message()->set_sender(sender.value());
  return message;
}

}  // namespace

bool MustWait(const ControlState& state, const std::string& room_name, const std::string& pass) {
  const auto house = state.houses.find(room_name);
  // Where nobody is known who could decide, nobody waits.
  return house != state.houses.end() && house->second.rules.lobby &&
         house->second.KnowsModerator() && house->second.Find(BytesOf(pass)) == nullptr;
}

Outcome EnterLobby(ControlState& state, Session& session, uint32_t request,
                   const std::string& room_name, const v1::Join& join) {
  if (join.knock().size() > conference::kKnockBytesMax) {
    return TooLarge("knock bytes", join.knock().size(), conference::kKnockBytesMax);
  }
  const WaitingId id(state.last_waiting.value() + 1);
  conference::Lobby& lobby = state.lobbies[room_name];
  const auto entered = lobby.Enter({id, session.connection, join.knock(), session.network});
  if (!entered) {
    return Refusal{v1::ERROR_CODE_ROOM_FULL, entered.error().message, true, kFullRetry};
  }
  state.last_waiting = id;
  HoldJoin(session, {room_name, request, join, id});
  v1::ServerMessage message;
  message.mutable_waiting()->set_number(id.value());
  SendToConnection(state, session.connection, request, message.SerializeAsString());
  v1::ServerMessage news;
  Fill(*news.mutable_lobby()->add_came(), *lobby.Find(id));
  TellModerators(state, room_name, news);
  return std::nullopt;
}

void StopWaiting(ControlState& state, Session& session) {
  const std::unique_ptr<PendingJoin> pending = std::move(session.pending);
  if (pending != nullptr) Remove(state, pending->room, pending->waiting);
}

Outcome HandleAdmit(ControlState& state, Instant now, const Member& member,
                    const v1::AdmitWaiting& request) {
  if (Outcome refusal = CheckDecides(state, member)) return refusal;
  const std::string room = state.RoomOf(member).name();
  const auto connections =
      request.all() ? Everybody(state, room) : Named(state, room, request.waiting());
  for (const ConnectionId connection : connections) {
    Session* session = state.FindSession(connection);
    // Named twice.
    if (session != nullptr && session->pending != nullptr) LetIn(state, now, *session);
  }
  return std::nullopt;
}

Outcome HandleDeny(ControlState& state, const Member& member, const v1::DenyWaiting& request) {
  if (Outcome refusal = CheckDecides(state, member)) return refusal;
  const std::string room = state.RoomOf(member).name();
  for (const ConnectionId connection : Named(state, room, request.waiting())) {
    Session* session = state.FindSession(connection);
    if (session == nullptr || session->pending == nullptr) continue;
    const uint32_t joined_by = session->pending->request;
    StopWaiting(state, *session);
    SendRefusal(state, *session, joined_by,
                {v1::ERROR_CODE_DENIED, "nobody let you in from the lobby", false, {}});
    CloseSession(state, *session, kCloseRemoved);
  }
  return std::nullopt;
}

Outcome HandleLobbyMessage(ControlState& state, Instant now, Member& member,
                           const v1::LobbyMessage& request) {
  if (Outcome refusal = CheckDecides(state, member)) return refusal;
  if (Outcome refusal = CheckPayload(request)) return refusal;
  if (!member.chat.Take(now)) return RateLimited("messages", member.chat.Wait(now));
  const std::string& room = state.RoomOf(member).name();
  const conference::Lobby* lobby = FindLobby(state, room);
  const WaitingPerson* person =
      lobby == nullptr ? nullptr : lobby->Find(WaitingId(request.waiting()));
  if (person == nullptr) return UnknownParticipant(request.waiting());
  const v1::ServerMessage message = Said(person->id, request.payload(), member.id);
  SendToConnection(state, person->connection, 0, message.SerializeAsString());
  TellModerators(state, room, message, member.id);
  return std::nullopt;
}

Outcome HandleLobbyMessage(ControlState& state, Instant now, Session& session,
                           const v1::LobbyMessage& request) {
  if (Outcome refusal = CheckPayload(request)) return refusal;
  if (!session.lobby_chat.Take(now)) {
    return RateLimited("messages", session.lobby_chat.Wait(now));
  }
  const PendingJoin& pending = *session.pending;
  // While its passcode is looked at, it is in no lobby.
  if (pending.waiting == WaitingId()) return NotAllowed("you do not wait in a lobby");
  TellModerators(state, pending.room, Said(pending.waiting, request.payload(), ParticipantId()));
  return std::nullopt;
}

void TellLobby(ControlState& state, Member& member) {
  const conference::Room& room = state.RoomOf(member);
  v1::ServerMessage message;
  message.mutable_lobby()->set_reset(true);
  const conference::Lobby* lobby = FindLobby(state, room.name());
  if (lobby != nullptr && Moderates(room.roster().Find(member.id)->role)) {
    for (const auto& [id, person] : lobby->people()) {
      Fill(*message.mutable_lobby()->add_came(), person);
    }
  }
  SendToMember(state, member, 0, message.SerializeAsString());
}

void ReviewLobby(ControlState& state, Instant now, const std::string& room_name) {
  for (const ConnectionId connection : Everybody(state, room_name)) {
    Session* session = state.FindSession(connection);
    if (session == nullptr || session->pending == nullptr) continue;
    if (!MustWait(state, room_name, std::string())) LetIn(state, now, *session);
  }
}

void EmptyLobby(ControlState& state, const std::string& room_name, const std::string& body,
                uint16_t close_code) {
  for (const ConnectionId connection : Everybody(state, room_name)) {
    Session* session = state.FindSession(connection);
    if (session == nullptr) continue;
    StopWaiting(state, *session);
    SendToConnection(state, connection, 0, body);
    CloseSession(state, *session, close_code);
  }
}

}  // namespace conclave::signal
