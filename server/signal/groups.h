// The groups of encrypted rooms: what members say to the delivery service of theirs, and what it
// says to them. The service itself is conference/group_service.h.
#pragma once

#include <map>

#include "base/ids.h"
#include "base/time.h"
#include "conference/group_service.h"
#include "protocol/conclave.pb.h"
#include "signal/control_state.h"
#include "signal/refusal.h"

namespace conclave::signal {

// Whether rooms of this name (as ParseRoomName gives it) are encrypted.
bool IsEncrypted(std::string_view room_name);

// Fails for a client that does not seal what it sends, where the room is encrypted; and where its
// group is full.
Outcome AdmitToGroup(ControlState& state, std::string_view room_name, const v1::Join& join);

Outcome HandleGroup(ControlState& state, Instant now, Member& member,
                    const v1::GroupRequest& request);

// The member leaves its room for good.
void LeaveGroup(ControlState& state, Instant now, const Member& member);
// The room is gone.
void EndGroup(ControlState& state, RoomId room);
// Every group whose deadline has come.
void ServeGroups(ControlState& state, Instant now);

}  // namespace conclave::signal
