// A participant takes up its session on a new WebSocket.
#pragma once

#include "base/time.h"
#include "protocol/conclave.pb.h"
#include "signal/control_state.h"
#include "signal/refusal.h"

namespace conclave::signal {

// Answers with Resumed, then with every counted message after `last_sequence`, or with the whole
// roster and slot map where those are no longer kept. The participant's other WebSocket, if it
// still has one, is closed. Media is not touched. Requires a new session, which a refusal leaves as
// it is.
Outcome Resume(ControlState& state, Instant now, Session& session, uint32_t request,
               const v1::Resume& resume);

}  // namespace conclave::signal
