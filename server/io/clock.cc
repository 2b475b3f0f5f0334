#include "io/clock.h"

#include <ctime>

namespace conclave::io {
namespace {

int64_t ReadMicros(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<int64_t>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1000;
}

}  // namespace

Instant Now() { return Instant::FromMicros(ReadMicros(CLOCK_MONOTONIC)); }

Duration ThreadCpuTime() { return Duration::Micros(ReadMicros(CLOCK_THREAD_CPUTIME_ID)); }

Duration WallOffset() {
  return Duration::Micros(ReadMicros(CLOCK_REALTIME) - ReadMicros(CLOCK_MONOTONIC));
}

uint64_t NtpTime(Instant now, Duration wall_offset) {
  const int64_t unix_us = now.us() + wall_offset.us();
  const auto seconds = static_cast<uint64_t>(unix_us / 1'000'000 + kNtpToUnixSeconds);
  const auto fraction_us = static_cast<uint64_t>(unix_us % 1'000'000);
  return seconds << 32 | (fraction_us << 32) / 1'000'000;
}

}  // namespace conclave::io
