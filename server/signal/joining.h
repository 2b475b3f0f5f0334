// A new participant: from its first message to its place in a room.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "protocol/conclave.pb.h"
#include "signal/control_state.h"
#include "signal/refusal.h"

namespace conclave::signal {

// Answers with Joined, after the shard was told. A refusal leaves no trace, and the session may try
// again. Requires a new session.
Outcome Join(ControlState& state, Instant now, Session& session, uint32_t request,
             const v1::Join& join);

// The parts of it that come later where there is a passcode (passcode_checks.h) or a lobby
// (lobby.h): a Join that nothing has refused but these.
Outcome JoinPastPasscode(ControlState& state, Instant now, Session& session, uint32_t request,
                         const std::string& room_name, const v1::Join& join);
Outcome EnterRoom(ControlState& state, Instant now, Session& session, uint32_t request,
                  const std::string& room_name, const v1::Join& join);
// Until then the session waits.
void HoldJoin(Session& session, PendingJoin pending);

// Answers with Sight, and changes nothing.
Outcome HandleLook(ControlState& state, const Session& session, uint32_t request,
                   const v1::Look& look);

}  // namespace conclave::signal
