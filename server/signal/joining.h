// A new participant: from its first message to its place in a room.
#pragma once

#include "base/time.h"
#include "protocol/conclave.pb.h"
#include "signal/control_state.h"
#include "signal/refusal.h"

namespace conclave::signal {

// Answers with Joined, after the shard was told. A refusal leaves no trace, and the session may try
// again. Requires a new session.
Outcome Join(ControlState& state, Instant now, Session& session, uint32_t request,
             const v1::Join& join);

}  // namespace conclave::signal
