// Who somebody is in a room, over all their lives there, and what follows from it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "conference/room.h"
#include "router/commands.h"
#include "signal/control_state.h"
#include "signal/refusal.h"

namespace conclave::signal {

// A pass as its bytes.
std::span<const uint8_t> BytesOf(const std::string& text);

// To whoever wants to join a room that is closed by whoever runs the server.
Refusal ClosedRoom();

// Why somebody with this pass, by this connection, may not come into the room now.
Outcome AdmitPerson(const ControlState& state, const Session& session, std::string_view room_name,
                    const std::string& pass);

// A new life begins: of the person whose pass this is, or of a stranger, who gets one. Sets
// member.person. Requires a room that the member has not joined yet.
const Person& EnterHouse(ControlState& state, const conference::Room& room, Member& member,
                         const std::string& pass);
// A life has ended; `room` does not have it any more.
void LeaveHouse(ControlState& state, Instant now, const conference::Room& room,
                const Member& member);
// All lives of a person that are in the room.
std::vector<Member*> LivesOf(ControlState& state, const conference::Room& room,
                             House::PersonId person);

// Whether who comes with this role begins with such a source off.
bool BeginsMuted(const conference::RoomRules& rules, conference::Role role,
                 router::SourceKind source);
// Whether the server passes on what this member sends from such a source.
bool MayUnmute(ControlState& state, const Member& member, router::SourceKind source);
// Whether anything was on that is off now.
bool Mute(ControlState& state, Instant now, const Member& member, conference::SourceSet sources);

// Of the person, in all lives: what a new role does not allow is muted at once.
void GiveRole(ControlState& state, Instant now, conference::Room& room, House::PersonId person,
              conference::Role role);

// To be called when somebody has come, gone or changed roles.
void ReviewSuccession(ControlState& state, Instant now, const conference::Room& room);

// Successions that are due, and the houses whose time is over.
void ServePeople(ControlState& state, Instant now);

}  // namespace conclave::signal
