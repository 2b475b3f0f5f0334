// The limits of a room that people can run into; docs/protocol.md lists them.
#pragma once

#include <cstddef>

#include "base/time.h"
#include "conference/token_bucket.h"

namespace conclave::conference {

// A name, a small picture's hash, a key's fingerprint; 300 of them are 1.2 MB of roster.
inline constexpr size_t kProfileBytesMax = 4 * 1024;
// A long chat message with room for the signature and sealing of decisions 4.
inline constexpr size_t kRelayedBytesMax = 16 * 1024;
// A private message to more people than this is one to the room.
inline constexpr size_t kAddresseesMax = 100;

// Faster than anybody types, and what other servers allow (20 a second for each sender).
inline constexpr RateLimit kChatRate{Duration::Millis(50), 40};
// Each change of a profile costs every member up to 4 KiB.
inline constexpr RateLimit kProfileRate{Duration::Seconds(1), 5};

// A change reaches the others at once, but after it the next waits this long, so that a join storm
// of N costs each client at most ten messages a second, and never more than N.
inline constexpr Duration kFlushInterval = Duration::Millis(100);

// A tile higher than this is 8K; a wish above it is a mistake in units.
inline constexpr uint16_t kWishHeightMax = 4320;
// More tracks than any layout shows.
inline constexpr size_t kWishesMax = 128;

}  // namespace conclave::conference
