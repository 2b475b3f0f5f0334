// What hosts and co-hosts do: who may is decided here and nowhere else (conference/roles.h).
#pragma once

#include <string>

#include "base/time.h"
#include "protocol/conclave.pb.h"
#include "signal/control_state.h"
#include "signal/refusal.h"

namespace conclave::signal {

Outcome HandleModerate(ControlState& state, Instant now, Member& member,
                       const v1::Moderate& request);

// The room's rules, for its members.
void FillRules(v1::RoomRules& out, const House& house);
std::string RulesBody(const House& house);

}  // namespace conclave::signal
