// Tells members what changed in their room.
#pragma once

#include "base/time.h"
#include "signal/control_state.h"

namespace conclave::signal {

// Everything that waits in the room, in one go: roster, dominant speaker, slot maps.
void Announce(ControlState& state, Instant now, conference::Room& room);

// The roster from the `skip`-th participant on, for a member that has only seen those before (or,
// with kReset, should forget what it has), and who speaks.
enum class RosterStart : uint8_t { kContinue, kReset };
void IntroduceRoom(ControlState& state, Member& member, RosterStart start, size_t skip);

}  // namespace conclave::signal
