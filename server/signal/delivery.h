// Sends encoded bodies to connections and to members.
#pragma once

#include <cstdint>
#include <string_view>

#include "signal/control_state.h"
#include "signal/refusal.h"

namespace conclave::signal {

// Counted, kept for a resume, and sent at once unless the member is away. `reply_to` 0: no reply.
void SendToMember(ControlState& state, Member& member, uint32_t reply_to, std::string_view body);
// Counted and sent, but not kept: who misses it, or what came before it, is told everything anew.
void SendUnkept(ControlState& state, Member& member, std::string_view body);
// Not counted, not repeated; lost when the member is away.
void SendUncounted(ControlState& state, const Member& member, std::string_view body);
void SendToConnection(ControlState& state, ConnectionId connection, uint32_t reply_to,
                      std::string_view body);

// Counted, to everybody in the room.
void SendToRoom(ControlState& state, const conference::Room& room, std::string_view body);
void SendToBreakout(ControlState& state, const conference::Room& room,
                    conference::BreakoutNumber breakout, std::string_view body);

// To the session's member where it has one, else to the bare connection.
void SendRefusal(ControlState& state, const Session& session, uint32_t reply_to,
                 const Refusal& refusal);

// Nothing more is sent to or taken from the connection.
void CloseSession(ControlState& state, Session& session, uint16_t code);

}  // namespace conclave::signal
