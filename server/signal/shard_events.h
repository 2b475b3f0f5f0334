// What the media plane reports, passed on to those whom it concerns.
#pragma once

#include "base/time.h"
#include "router/commands.h"
#include "signal/control_state.h"

namespace conclave::signal {

// Events of participants and rooms that are gone are dropped: they crossed with the removal.
void HandleShardEvent(ControlState& state, Instant now, ShardId shard, const router::Event& event);

}  // namespace conclave::signal
