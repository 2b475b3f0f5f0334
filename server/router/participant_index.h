// Where participants, rooms and other shards' tracks stand in their shard: dense, and used again
// once they are gone.
#pragma once

#include <cstdint>

#include "base/strong_id.h"
#include "router/touched_list.h"

namespace conclave::router {

using ParticipantIndex = StrongId<struct ParticipantIndexTag, uint32_t>;
using RoomIndex = StrongId<struct RoomIndexTag, uint32_t>;

using RemoteIndex = StrongId<struct RemoteIndexTag, uint32_t>;

// Whose tracks other shards carry: nobody's here.
inline constexpr ParticipantIndex kElsewhere = ParticipantIndex(UINT32_MAX);

using TouchedParticipants = TouchedList<ParticipantIndex>;
using TouchedRooms = TouchedList<RoomIndex>;
using TouchedRemotes = TouchedList<RemoteIndex>;

}  // namespace conclave::router
