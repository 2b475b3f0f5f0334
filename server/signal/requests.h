// What a member may ask for once it has joined.
#pragma once

#include "base/time.h"
#include "protocol/conclave.pb.h"
#include "signal/control_state.h"
#include "signal/refusal.h"

namespace conclave::signal {

// More slots or an ICE restart. Answers with Answer.
Outcome HandleOffer(ControlState& state, Instant now, Member& member, uint32_t request,
                    const v1::Offer& offer);
Outcome HandleLayout(ControlState& state, Member& member, const v1::LayoutWish& layout);
Outcome HandleTrackState(ControlState& state, Instant now, Member& member,
                         const v1::TrackState& change);

}  // namespace conclave::signal
