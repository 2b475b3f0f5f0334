// How participants go: for a while, or for good.
#pragma once

#include "base/time.h"
#include "signal/control_state.h"

namespace conclave::signal {

// The member's WebSocket is gone. Its media flows on; it may resume within the window.
void BecomeAway(ControlState& state, Instant now, Member& member);

// For good: out of the room and off the shard. An empty room ends. The connection stays as it is.
// `member` is gone afterwards.
void RemoveMember(ControlState& state, Instant now, Member& member);

// Away lives of the same person, who is back in another: nobody has to look at them.
void RemoveGhosts(ControlState& state, Instant now, const Member& back);

}  // namespace conclave::signal
