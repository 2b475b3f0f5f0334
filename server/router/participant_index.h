// Where a participant stands in its shard: dense, and reused once the participant is gone.
#pragma once

#include "base/strong_id.h"

namespace conclave::router {

using ParticipantIndex = StrongId<struct ParticipantIndexTag, uint32_t>;

}  // namespace conclave::router
