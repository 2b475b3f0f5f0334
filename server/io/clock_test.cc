#include "io/clock.h"

#include <gtest/gtest.h>

#include <ctime>

namespace conclave::io {
namespace {

TEST(ClockTest, NeverGoesBack) {
  Instant last = Now();
  for (int i = 0; i < 1000; ++i) {
    const Instant next = Now();
    EXPECT_GE(next, last);
    last = next;
  }
}

TEST(ClockTest, TheWallOffsetGivesUnixTime) {
  const int64_t unix_s = (Now().us() + WallOffset().us()) / 1'000'000;
  EXPECT_NEAR(static_cast<double>(unix_s), static_cast<double>(std::time(nullptr)), 2.0);
}

TEST(ClockTest, NtpTimeOfAKnownInstant) {
  // 1970-01-01 00:00:00.5 UTC.
  const uint64_t ntp = NtpTime(Instant::FromMicros(200'000), Duration::Millis(300));
  EXPECT_EQ(ntp >> 32, 2'208'988'800u);
  EXPECT_EQ(ntp & 0xffffffff, 0x80000000u);
}

}  // namespace
}  // namespace conclave::io
