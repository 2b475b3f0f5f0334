// Breakout rooms: who opens them, who goes where, and when they end. Every rule about them is here
// and in conference/ (breakouts.h, relay_rules.h); who hears whom follows from the router's rooms.
#pragma once

#include "base/time.h"
#include "signal/control_state.h"
#include "signal/refusal.h"

namespace conclave::signal {

// What hosts and co-hosts ask for.
Outcome HandleOpenBreakouts(ControlState& state, Instant now, const Member& actor,
                            const v1::OpenBreakouts& request);
Outcome HandleMoveToBreakout(ControlState& state, Instant now, const Member& actor,
                             const v1::MoveToBreakout& request);
Outcome HandleExtendBreakouts(ControlState& state, Instant now, const Member& actor,
                              const v1::ExtendBreakouts& request);
Outcome HandleCloseBreakouts(ControlState& state, Instant now, const Member& actor);

// What everybody asks for.
Outcome HandleGoToBreakout(ControlState& state, Instant now, Member& member,
                           const v1::GoToBreakout& request);
Outcome HandleAskForHelp(ControlState& state, Instant now, Member& member,
                         const v1::AskForHelp& request);

// Those whose time is over end.
void ServeBreakouts(ControlState& state, Instant now);
// The room itself has ended, and they with it.
void ForgetBreakouts(ControlState& state, const conference::Room& room);

// As of now.
void FillBreakouts(v1::Breakouts& out, Instant now, const House& house);
std::string BreakoutsBody(Instant now, const House& house);

}  // namespace conclave::signal
