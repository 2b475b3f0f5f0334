#include "signal/delivery.h"

#include <string>
#include <utility>

#include "signal/encode.h"

namespace conclave::signal {

namespace {

void Keep(ControlState& state, Member& member, uint32_t reply_to, const SharedBody& body) {
  const uint64_t sequence = member.replay.NextSequence();
  member.replay.Push(reply_to, body);
  if (!member.connection) return;
  state.output.emplace_back(
      SendMessage{*member.connection, Frame(sequence, reply_to, body.text())});
}

}  // namespace

void SendToMember(ControlState& state, Member& member, uint32_t reply_to, std::string_view body) {
  Keep(state, member, reply_to, SharedBody(body));
}

void SendUnkept(ControlState& state, Member& member, std::string_view body) {
  const uint64_t sequence = member.replay.NextSequence();
  member.replay.Skip();
  if (!member.connection) return;
  state.output.emplace_back(SendMessage{*member.connection, Frame(sequence, 0, body)});
}

void SendUncounted(ControlState& state, const Member& member, std::string_view body) {
  if (member.connection) SendToConnection(state, *member.connection, 0, body);
}

void SendToConnection(ControlState& state, ConnectionId connection, uint32_t reply_to,
                      std::string_view body) {
  state.output.emplace_back(SendMessage{connection, Frame(0, reply_to, body)});
}

void SendToRoom(ControlState& state, const conference::Room& room, std::string_view body) {
  const SharedBody shared(body);
  for (const auto& [id, participant] : room.roster().participants()) {
    if (Member* member = state.FindMember(id)) Keep(state, *member, 0, shared);
  }
}

void SendToBreakout(ControlState& state, const conference::Room& room,
                    conference::BreakoutNumber breakout, std::string_view body) {
  const SharedBody shared(body);
  for (const auto& [id, participant] : room.roster().participants()) {
    Member* member = participant.breakout == breakout ? state.FindMember(id) : nullptr;
    if (member != nullptr) Keep(state, *member, 0, shared);
  }
}

void SendRefusal(ControlState& state, const Session& session, uint32_t reply_to,
                 const Refusal& refusal) {
  const std::string body = ErrorBody(refusal);
  Member* member =
      session.state == SessionState::kJoined ? state.FindMember(session.participant) : nullptr;
  if (member != nullptr) {
    SendToMember(state, *member, reply_to, body);
  } else {
    SendToConnection(state, session.connection, reply_to, body);
  }
}

void CloseSession(ControlState& state, Session& session, uint16_t code) {
  session.state = SessionState::kClosed;
  state.silences.Cancel(session.connection);
  state.output.emplace_back(CloseConnection{session.connection, code});
}

}  // namespace conclave::signal
