// A room whose members are on several shards: what these are told, so that its media crosses.
#pragma once

#include "base/ids.h"
#include "signal/control_state.h"

namespace conclave::signal {

// All shards of the room are told of each other, for all of its audiences; before a first member
// comes to one of them.
void TellSpread(ControlState& state, const conference::Room& room);
// The same for one audience (conference::AudienceOf): a breakout room that is opened.
void TellSpread(ControlState& state, const conference::Room& room, RoomId audience);
// Nobody is in it any more, and nobody will come.
void TellSpreadEnds(ControlState& state, const conference::Room& room, RoomId audience);

// How many breakout rooms are open.
conference::BreakoutNumber BreakoutCount(ControlState& state, const conference::Room& room);

}  // namespace conclave::signal
