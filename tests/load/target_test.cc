#include <gtest/gtest.h>

#include "tests/load/settings.h"

namespace conclave::load {
namespace {

TEST(TargetTest, TakesLinksApart) {
  const auto target = ParseTarget("https://meet.example:8443/open/room?x#1.secret");
  ASSERT_TRUE(target);
  EXPECT_TRUE(target->tls);
  EXPECT_EQ(target->host, "meet.example");
  EXPECT_EQ(target->port, 8443);
  EXPECT_EQ(target->room, "open/room");
  EXPECT_EQ(ParseTarget("http://127.0.0.1")->room, "open/load");
  EXPECT_EQ(ParseTarget("http://127.0.0.1")->port, 80);
  EXPECT_EQ(ParseTarget("wss://[::1]:9/n/x")->host, "::1");
}

TEST(TargetTest, RefusesOthers) {
  EXPECT_FALSE(ParseTarget("meet.example/open/room"));
  EXPECT_FALSE(ParseTarget("ftp://meet.example/x"));
  EXPECT_FALSE(ParseTarget("https://meet.example:port/x"));
  EXPECT_FALSE(ParseTarget("https:///open/x"));
}

}  // namespace
}  // namespace conclave::load
