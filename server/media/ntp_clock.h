// The server's clock in NTP's format (RFC 3550 section 4), for sender reports.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace conclave::media {

// Seconds between NTP's epoch (1900) and Unix's (1970).
inline constexpr int64_t kNtpUnixOffsetSeconds = 2'208'988'800;

// 32 bits of seconds, 32 bits of fraction.
using NtpTime = uint64_t;

// The middle 32 bits: what LSR and DLSR are counted in (RFC 3550 section 6.4.1), 1/65536 s.
constexpr uint32_t MiddleNtp(NtpTime time) { return static_cast<uint32_t>(time >> 16); }

constexpr NtpTime NtpFromMicros(int64_t us) {
  const auto value = static_cast<uint64_t>(us);
  return value / 1'000'000 << 32 | ((value % 1'000'000) << 32) / 1'000'000;
}
// Rounds to the nearest microsecond, so that both directions together change nothing.
constexpr int64_t MicrosFromNtp(NtpTime time) {
  const uint64_t fraction = time & 0xffffffff;
  return static_cast<int64_t>((time >> 32) * 1'000'000 +
                              ((fraction * 1'000'000 + 0x80000000) >> 32));
}

// `offset`: what is to be added to an Instant's microseconds to make microseconds since NTP's
// epoch. The owner of the clock reads it once, at start: later steps of the wall clock must not
// reach the receivers. Zero (in tests and the simulation) works as well.
class NtpClock {
 public:
  NtpClock() = default;
  explicit NtpClock(Duration offset) : offset_(offset) {}
  // From the wall clock's time at `now`, in microseconds since 1970.
  static NtpClock FromUnix(Instant now, int64_t unix_us) {
    return NtpClock(Duration::Micros(unix_us + kNtpUnixOffsetSeconds * 1'000'000 - now.us()));
  }
  NtpTime At(Instant time) const { return NtpFromMicros((time + offset_ - Instant()).us()); }

 private:
  Duration offset_;
};

}  // namespace conclave::media
