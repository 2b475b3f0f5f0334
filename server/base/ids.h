// The ids that the planes share. Zero is never a valid id.
#pragma once

#include "base/strong_id.h"

namespace conclave {

// A room, for as long as somebody is in it. Unique in this process.
using RoomId = StrongId<struct RoomIdTag, uint64_t>;
// A participant, and the one transport that participant has. Unique in this process.
using ParticipantId = StrongId<struct ParticipantIdTag, uint32_t>;
// What one participant sends in one media section: a microphone, a camera, a screen. Unique in this
// process; it is also the CSRC that tells a receiver whose media a slot carries.
using TrackId = StrongId<struct TrackIdTag, uint32_t>;
// One of a receiver's fixed receive slots. Unique in that participant.
using SlotId = StrongId<struct SlotIdTag, uint16_t>;
// One media thread with its UDP port, counted from 0 (the one id for which zero is valid).
using ShardId = StrongId<struct ShardIdTag, uint16_t>;
// One client connection (a WebSocket). Unique in this process.
using ConnectionId = StrongId<struct ConnectionIdTag, uint64_t>;
// Somebody who waits in a room's lobby. Unique in this process.
using WaitingId = StrongId<struct WaitingIdTag, uint32_t>;

}  // namespace conclave
