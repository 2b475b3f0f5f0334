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
// A file's name, size and digest, sealed; what is longer is a part of one, and goes to one person.
inline constexpr size_t kFileWordBytesMax = 2 * 1024;
// What a question for parts is worth: four of them, and well below what a connection queues (1
// MiB).
inline constexpr size_t kFileCreditBytes = 64 * 1024;
// Whom somebody may have asked at the same time: 256 KiB may wait for a slow receiver.
inline constexpr size_t kFileSendersMax = 4;
// A private message to more people than this is one to the room.
inline constexpr size_t kAddresseesMax = 100;

// Faster than anybody types, and what other servers allow (20 a second for each sender).
inline constexpr RateLimit kChatRate{Duration::Millis(50), 40};
// Parts of files and the questions for them: twice what the app's clients send.
inline constexpr RateLimit kFileRate{Duration::Millis(20), 60};
// Each change of a profile costs every member up to 4 KiB.
inline constexpr RateLimit kProfileRate{Duration::Seconds(1), 5};

// People in a lobby: a class and its parents.
inline constexpr size_t kWaitingMax = 100;
// So that one machine alone does not fill it; a class behind one address still fits.
inline constexpr size_t kWaitingPerNetworkMax = 30;
// What those who decide are shown: a name, sealed and padded where the room is encrypted. All who
// wait fit one message.
inline constexpr size_t kKnockBytesMax = 512;
inline constexpr size_t kLobbyMessageBytesMax = 2 * 1024;

inline constexpr size_t kPasscodeBytesMax = 128;
// Who mistypes does not wait; who guesses does.
inline constexpr int kPasscodeFreeAttempts = 3;
inline constexpr Duration kPasscodePauseMax = Duration::Seconds(300);
// Of one room, from all networks together: four digits last three hours at most, six a week.
inline constexpr RateLimit kPasscodeRoomRate{Duration::Seconds(1), 30};
// Networks of which a room knows that they tried.
inline constexpr size_t kPasscodeNetworksMax = 1000;

// A change reaches the others at once, but after it the next waits this long, so that a join storm
// of N costs each client at most ten messages a second, and never more than N.
inline constexpr Duration kFlushInterval = Duration::Millis(100);

// Who comes back after a reload has been away for less, and an encoder that changes its codec
// begins anew.
inline constexpr Duration kCodecCalm = Duration::Seconds(5);
// There are four that we know; a client may know more.
inline constexpr size_t kCodecNamesMax = 16;

// A tile higher than this is 8K; a wish above it is a mistake in units.
inline constexpr uint16_t kWishHeightMax = 4320;
// More tracks than any layout shows.
inline constexpr size_t kWishesMax = 128;

}  // namespace conclave::conference
