// People who are put out, and rooms that are ended.
#pragma once

#include "base/time.h"
#include "conference/room.h"
#include "signal/control_state.h"

namespace conclave::signal {

struct Removal {
  // Whoever did it; invalid: whoever runs the server.
  ParticipantId by;
  bool ban = false;
};

// All lives of the person, each told why. Requires that somebody else stays.
void RemovePerson(ControlState& state, Instant now, conference::Room& room, House::PersonId person,
                  const Removal& removal);

// Tells everybody and puts them out. `room` is gone afterwards.
void EndRoom(ControlState& state, Instant now, conference::Room& room, ParticipantId by);

}  // namespace conclave::signal
