// Where participants and rooms stand in their shard: dense, and used again once they are gone.
#pragma once

#include <cstdint>

#include "base/strong_id.h"
#include "router/touched_list.h"

namespace conclave::router {

using ParticipantIndex = StrongId<struct ParticipantIndexTag, uint32_t>;
using RoomIndex = StrongId<struct RoomIndexTag, uint32_t>;

using TouchedParticipants = TouchedList<ParticipantIndex>;
using TouchedRooms = TouchedList<RoomIndex>;

}  // namespace conclave::router
