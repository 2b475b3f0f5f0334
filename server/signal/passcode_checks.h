// Passcodes of rooms: who sets one, and who is asked for it. Stretching (passcode.h) is done
// elsewhere: it is asked for by StretchPasscode, and goes on when its result comes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "conference/room.h"
#include "protocol/conclave.pb.h"
#include "signal/control_state.h"
#include "signal/refusal.h"

namespace conclave::signal {

// Whether whoever shows this pass, or none, is asked.
bool AsksPasscode(const ControlState& state, const std::string& room_name, const std::string& pass);

// Whether whoever runs the server has set the passcode of rooms of this name.
bool HasFixedPasscode(const ControlState& state, const std::string& room_name);

// In place of those that whoever runs the server had set. Whoever is in stays in; the members of a
// room that now has one, or has none any more, are told.
void ReplacePasscodes(ControlState& state, std::vector<RoomPasscode> passcodes);

// Requires that the room asks. Holds the session until the passcode is stretched, or says why not.
Outcome CheckPasscode(ControlState& state, Instant now, Session& session, uint32_t request,
                      const std::string& room_name, const v1::Join& join);

// Requires that the member may.
Outcome SetPasscode(ControlState& state, Instant now, const conference::Room& room,
                    const v1::SetPasscode& request);

// nullopt: there was no memory for it.
void OnStretched(ControlState& state, Instant now, uint64_t job,
                 const std::optional<PasscodeKey>& key);

}  // namespace conclave::signal
