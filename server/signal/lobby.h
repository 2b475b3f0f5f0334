// The lobby of a room: who waits there, who decides, and what is said between the two. Who waits
// has joined nothing: no media, no roster, no message of the room reaches them.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "conference/room.h"
#include "protocol/conclave.pb.h"
#include "signal/control_state.h"
#include "signal/refusal.h"

namespace conclave::signal {

// Whether whoever shows this pass, or none, has to be admitted by somebody.
bool MustWait(const ControlState& state, const std::string& room_name, const std::string& pass);

// Holds the session there, or says why it cannot wait.
Outcome EnterLobby(ControlState& state, Session& session, uint32_t request,
                   const std::string& room_name, const v1::Join& join);
// The session waits no more, wherever it waited.
void StopWaiting(ControlState& state, Session& session);

Outcome HandleAdmit(ControlState& state, Instant now, const Member& member,
                    const v1::AdmitWaiting& request);
Outcome HandleDeny(ControlState& state, const Member& member, const v1::DenyWaiting& request);
// From one who moderates, and from one who waits.
Outcome HandleLobbyMessage(ControlState& state, Instant now, Member& member,
                           const v1::LobbyMessage& request);
Outcome HandleLobbyMessage(ControlState& state, Instant now, Session& session,
                           const v1::LobbyMessage& request);

// All who wait, for a member that moderates from now on, or has lost count; nobody, for one that
// moderates no more.
void TellLobby(ControlState& state, Member& member);
// The room may be open to them now: lets in whoever need not wait any more.
void ReviewLobby(ControlState& state, Instant now, const std::string& room_name);
// Sends all away, with this as the last word.
void EmptyLobby(ControlState& state, const std::string& room_name, const std::string& body,
                uint16_t close_code);

}  // namespace conclave::signal
