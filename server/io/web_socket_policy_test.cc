#include "io/web_socket_policy.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::io {
namespace {

UpgradeVerdict Judge(std::string_view host, std::string_view origin,
                     std::string_view protocols = "conclave.v1",
                     std::string_view target = "/signal") {
  static const std::vector<std::string> kAllowed = {"https://intranet.example"};
  return JudgeUpgrade({target, host, origin, protocols}, kAllowed);
}

TEST(JudgeUpgradeTest, OurOwnPagesMay) {
  EXPECT_EQ(Judge("meet.example", "https://meet.example"), UpgradeVerdict::kAccept);
  EXPECT_EQ(Judge("meet.example:443", "https://meet.example"), UpgradeVerdict::kAccept);
  EXPECT_EQ(Judge("Meet.Example:8443", "https://meet.example:8443"), UpgradeVerdict::kAccept);
  EXPECT_EQ(Judge("localhost:8443", "http://localhost:8443"), UpgradeVerdict::kAccept);
  EXPECT_EQ(Judge("[::1]:8443", "https://[::1]:8443"), UpgradeVerdict::kAccept);
}

TEST(JudgeUpgradeTest, OthersMayOnlyWhenConfigured) {
  EXPECT_EQ(Judge("meet.example", "https://intranet.example"), UpgradeVerdict::kAccept);
  for (const char* origin :
       {"https://evil.example", "null", "https://meet.example.evil.example",
        "https://meet.example:444", "https://evil.example/https://meet.example", "meet.example",
        "http://intranet.example", "file://", "https://"}) {
    EXPECT_EQ(Judge("meet.example", origin), UpgradeVerdict::kForeignOrigin) << origin;
  }
  EXPECT_EQ(Judge("", "https://"), UpgradeVerdict::kForeignOrigin);
}

TEST(JudgeUpgradeTest, ProgramsWithoutAnOriginMay) {
  EXPECT_EQ(Judge("meet.example", ""), UpgradeVerdict::kAccept);
}

TEST(JudgeUpgradeTest, TheSubprotocolMustBeOffered) {
  EXPECT_EQ(Judge("a", "", "x, conclave.v1"), UpgradeVerdict::kAccept);
  for (const char* protocols : {"", "conclave.v2", "conclave.v11", "xconclave.v1", " , ,", "x"}) {
    EXPECT_EQ(Judge("a", "", protocols), UpgradeVerdict::kWrongProtocol) << protocols;
  }
}

TEST(JudgeUpgradeTest, OnlyAtItsPath) {
  EXPECT_EQ(Judge("a", "", "conclave.v1", "/signal?x=1"), UpgradeVerdict::kAccept);
  EXPECT_EQ(Judge("a", "", "conclave.v1", "/"), UpgradeVerdict::kNotFound);
  EXPECT_EQ(Judge("a", "", "conclave.v1", "/signals"), UpgradeVerdict::kNotFound);
}

TEST(ClientAddress, IsTheProxysWordOnlyWhereTheProxyIsThisMachine) {
  const IpAddress outside = IpAddress::V4(192, 0, 2, 1);
  const IpAddress local = IpAddress::V4(127, 0, 0, 1);
  EXPECT_EQ(ClientAddress(outside, "198.51.100.7"), outside);
  EXPECT_EQ(ClientAddress(local, "198.51.100.7"), IpAddress::V4(198, 51, 100, 7));
  EXPECT_EQ(ClientAddress(local, "203.0.113.9, 198.51.100.7 "), IpAddress::V4(198, 51, 100, 7));
  EXPECT_EQ(ClientAddress(local, "2001:db8::1"), *IpAddress::Parse("2001:db8::1"));
  EXPECT_EQ(ClientAddress(local, ""), local);
  EXPECT_EQ(ClientAddress(local, "198.51.100.7, nonsense"), local);
}

}  // namespace
}  // namespace conclave::io
