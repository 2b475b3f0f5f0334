// Messages between participants: who may say what to whom (conference/relay_rules.h), and how
// often.
#pragma once

#include "base/time.h"
#include "protocol/conclave.pb.h"
#include "signal/control_state.h"
#include "signal/refusal.h"

namespace conclave::signal {

// Passes a message on unread, or keeps a profile for the roster.
Outcome HandleRelay(ControlState& state, Instant now, Member& member, const v1::Relay& relay);

}  // namespace conclave::signal
