// The limits of a connection and of what it says. Those of a room are in conference/limits.h;
// docs/protocol.md lists both.
#pragma once

#include <cstddef>

#include "base/time.h"
#include "conference/token_bucket.h"

namespace conclave::signal {

// One WebSocket message, both ways. The largest of ours is Joined: an answer and a roster page.
inline constexpr size_t kMessageBytesMax = 64 * 1024;
// From and to a member of an encrypted room: a commit that adds 250 people to the largest group,
// with their Welcome, is 220 KB.
inline constexpr size_t kJoinedMessageBytesMax = 256 * 1024;
// Decisions 22: offers of 53 sections are 2-4 KB deflated, 242 KB inflated.
inline constexpr size_t kSdpDeflatedBytesMax = 16 * 1024;
inline constexpr size_t kSdpInflatedBytesMax = 512 * 1024;
// Of the whole address, "open/" included: it is part of a URL that people read out.
inline constexpr size_t kRoomNameBytesMax = 128;
// Four kinds of sources, twice.
inline constexpr size_t kTracksPerParticipantMax = 8;
// 64 pictures fill a wall; beyond that a client pages.
inline constexpr size_t kSlotsPerParticipantMax = 80;
inline constexpr size_t kMediaSectionsMax = 100;
// RFC 8853 allows more; encoders make three, and a media section of four is already rare.
inline constexpr size_t kRidsPerTrackMax = 4;

// A roster page: what is left of a message beside an answer, and few enough people that encoding
// one never holds up the thread for long.
inline constexpr size_t kRosterPageParticipantsMax = 100;
inline constexpr size_t kRosterPageBytesMax = 32 * 1024;

// What a participant whose WebSocket is gone can be told later; beyond it a fresh roster is
// cheaper.
inline constexpr size_t kReplayMessagesMax = 256;
inline constexpr size_t kReplayBytesMax = 128 * 1024;

// A connection that has not joined and says nothing for this long is closed.
inline constexpr Duration kUnjoinedSilenceMax = Duration::Seconds(30);
// Connections of one process: 16 KiB each at rest would be 320 MB.
inline constexpr size_t kConnectionsMax = 20000;

// All messages of a connection. Layout passes at 60 Hz stay below it, with a burst for a join.
inline constexpr conference::RateLimit kMessageRate{Duration::Millis(10), 200};
// An offer costs the most: inflating, parsing, answering.
inline constexpr conference::RateLimit kOfferRate{Duration::Millis(500), 8};
// A member answers for a batch at most every 500 ms; the burst is for catching up.
inline constexpr conference::RateLimit kGroupRate{Duration::Millis(100), 30};
// What moderators click, a whole page of people at once included.
inline constexpr conference::RateLimit kModerationRate{Duration::Millis(100), 50};
// Going to another breakout room is news for everybody, and work for a shard.
inline constexpr conference::RateLimit kBreakoutRate{Duration::Seconds(1), 5};
// Passcodes that are stretched, of the whole server: a third of a core at 30 ms each.
inline constexpr conference::RateLimit kStretchRate{Duration::Millis(100), 20};
// Rooms that are remembered though nobody is in them.
inline constexpr size_t kEmptyHousesMax = 10000;
// Refusals are answered; a client that goes on all the same is closed.
inline constexpr conference::RateLimit kRefusalRate{Duration::Millis(100), 100};

}  // namespace conclave::signal
