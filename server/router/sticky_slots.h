// Which of a receiver's slots carries which track, as a pure function.
#pragma once

#include <span>

#include "base/ids.h"

namespace conclave::router {

// `slots` holds what each slot carries now (invalid id: nothing) and gets what it shall carry.
// `wanted` is ordered, most wanted first; what does not fit is left out. A track that has a slot
// and is still wanted keeps that slot (a picture never jumps to another tile for no reason); freed
// slots go to the others in order. Returns whether anything changed.
bool AssignSticky(std::span<TrackId> slots, std::span<const TrackId> wanted);

}  // namespace conclave::router
