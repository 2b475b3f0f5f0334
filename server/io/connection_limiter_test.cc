#include "io/connection_limiter.h"

#include <gtest/gtest.h>

namespace conclave::io {
namespace {

IpAddress Ip(std::string_view text) { return IpAddress::Parse(text).value(); }

TEST(ConnectionLimiterTest, OneAddressCannotTakeMoreThanItsShare) {
  ConnectionLimiter limiter(100, 2);
  EXPECT_TRUE(limiter.Acquire(Ip("192.0.2.1")));
  EXPECT_FALSE(limiter.IsCrowded(Ip("192.0.2.1")));
  EXPECT_TRUE(limiter.Acquire(Ip("192.0.2.1")));
  EXPECT_TRUE(limiter.IsCrowded(Ip("192.0.2.1")));
  EXPECT_FALSE(limiter.Acquire(Ip("192.0.2.1")));
  EXPECT_TRUE(limiter.Acquire(Ip("192.0.2.2")));
  limiter.Release(Ip("192.0.2.1"));
  EXPECT_TRUE(limiter.Acquire(Ip("192.0.2.1")));
}

TEST(ConnectionLimiterTest, AnIpv6SubscriberIsItsPrefix) {
  ConnectionLimiter limiter(100, 1);
  EXPECT_TRUE(limiter.Acquire(Ip("2001:db8:1:2::1")));
  EXPECT_FALSE(limiter.Acquire(Ip("2001:db8:1:2:ffff::9")));
  EXPECT_TRUE(limiter.Acquire(Ip("2001:db8:1:3::1")));
}

TEST(ConnectionLimiterTest, LoopbackOnlyCountsInTheTotal) {
  ConnectionLimiter limiter(3, 1);
  EXPECT_TRUE(limiter.Acquire(Ip("127.0.0.1")));
  EXPECT_TRUE(limiter.Acquire(Ip("127.0.0.1")));
  EXPECT_FALSE(limiter.IsCrowded(Ip("127.0.0.1")));
  EXPECT_TRUE(limiter.Acquire(Ip("::1")));
  EXPECT_FALSE(limiter.Acquire(Ip("192.0.2.1")));
  EXPECT_EQ(limiter.total(), 3u);
}

}  // namespace
}  // namespace conclave::io
