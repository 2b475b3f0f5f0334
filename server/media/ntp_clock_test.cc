#include "media/ntp_clock.h"

#include <gtest/gtest.h>

#include "media/test_support.h"

namespace conclave::media {
namespace {

TEST(NtpClock, BothDirectionsTogetherChangeNothing) {
  SeededRandom random(1);
  for (int i = 0; i < 10000; ++i) {
    const int64_t us = Below(random, int64_t{4'000'000'000} * 1'000'000);
    ASSERT_EQ(MicrosFromNtp(NtpFromMicros(us)), us);
  }
  EXPECT_EQ(NtpFromMicros(1'500'000), 0x1'8000'0000u);
}

TEST(NtpClock, CountsFrom1900) {
  // 2024-02-29 12:00:00 UTC is 1709208000 in Unix's time.
  const NtpClock clock = NtpClock::FromUnix(AtMs(5000), int64_t{1'709'208'000} * 1'000'000);
  EXPECT_EQ(clock.At(AtMs(5000)) >> 32, 1'709'208'000u + 2'208'988'800u);
  EXPECT_EQ(clock.At(AtMs(6500)) >> 32, 1'709'208'001u + 2'208'988'800u);
  EXPECT_EQ(clock.At(AtMs(6500)) & 0xffffffff, 0x80000000u);
}

TEST(NtpClock, TheMiddleBitsCountIn65536ths) {
  EXPECT_EQ(MiddleNtp(NtpFromMicros(2'250'000)), 0x2'4000u);
}

}  // namespace
}  // namespace conclave::media
