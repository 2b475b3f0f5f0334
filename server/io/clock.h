// The only reader of the kernel's clocks.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace conclave::io {

// CLOCK_MONOTONIC: never goes back, counts from an arbitrary epoch that all threads share.
Instant Now();

// CPU time that the calling thread has used, in user space and in the kernel.
Duration ThreadCpuTime();

// What to add to an Instant's microseconds to get microseconds of the Unix epoch, as the wall clock
// stands now. It changes when somebody sets the clock; never compute durations with it.
Duration WallOffset();

// Seconds from the NTP epoch (1900) to the Unix epoch (1970), RFC 868.
inline constexpr int64_t kNtpToUnixSeconds = 2'208'988'800;

// The 64-bit NTP timestamp (RFC 5905 section 6: 32 bits of seconds, 32 of fraction) of `now`.
uint64_t NtpTime(Instant now, Duration wall_offset);

}  // namespace conclave::io
