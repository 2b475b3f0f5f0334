#include "conference/passcode_guard.h"

#include <gtest/gtest.h>

namespace conclave::conference {
namespace {

const Instant kStart = Instant::FromMicros(1'000'000);
const IpAddress kHome = IpAddress::V4(192, 0, 2, 1);
const IpAddress kAway = IpAddress::V4(192, 0, 2, 2);

TEST(PasscodeGuard, PausesDoubleAfterThreeAttempts) {
  PasscodeGuard guard;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(guard.Try(kStart, kHome)) << i;
  EXPECT_EQ(guard.Try(kStart, kHome), Duration::Seconds(1));
  Instant now = kStart + Duration::Seconds(1);
  EXPECT_FALSE(guard.Try(now, kHome));
  EXPECT_EQ(guard.Try(now, kHome), Duration::Seconds(2));
  EXPECT_FALSE(guard.Try(now, kAway)) << "others are not kept waiting";
}

TEST(PasscodeGuard, NoPauseIsLongerThanFiveMinutes) {
  PasscodeGuard guard;
  Instant now = kStart;
  for (int i = 0; i < 40; ++i) {
    EXPECT_FALSE(guard.Try(now, kHome));
    const auto pause = guard.Try(now, kHome);
    now = now + pause.value_or(Duration());
    EXPECT_LE(pause.value_or(Duration()), kPasscodePauseMax);
  }
}

TEST(PasscodeGuard, TheRightOneBeginsAnew) {
  PasscodeGuard guard;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(guard.Try(kStart, kHome));
  guard.OnRight(kHome);
  EXPECT_FALSE(guard.Try(kStart, kHome));
}

TEST(PasscodeGuard, ManyNetworksTogetherHaveARateToo) {
  PasscodeGuard guard;
  int tried = 0;
  for (uint8_t i = 0; i < 200; ++i) {
    if (!guard.Try(kStart, IpAddress::V4(198, 51, 100, i))) ++tried;
  }
  EXPECT_EQ(tried, kPasscodeRoomRate.burst);
  EXPECT_FALSE(guard.Try(kStart + Duration::Seconds(1), kHome));
}

}  // namespace
}  // namespace conclave::conference
