#include "app/reachability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace conclave::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

IpAddress Ip(std::string_view text) { return IpAddress::Parse(text).value(); }

const std::vector<IpAddress> kLocal = {Ip("192.0.2.1"), Ip("2001:db8::1"), Ip("127.0.0.1"),
                                       Ip("::1")};

TEST(LinksTest, LocalhostFirstThenWhatOthersCanOpen) {
  Config config;
  config.public_addresses = {Ip("198.51.100.7")};
  EXPECT_THAT(MakeLinks(config, kLocal, 8443),
              ElementsAre("http://localhost:8443/", "https://198.51.100.7:8443/",
                          "https://192.0.2.1:8443/", "https://[2001:db8::1]:8443/"));
}

TEST(LinksTest, OnlyAddressesThatAreListenedOn) {
  Config config;
  config.listen = {Ip("192.0.2.1")};
  EXPECT_THAT(MakeLinks(config, kLocal, 443), ElementsAre("https://192.0.2.1:443/"));
  config.listen = {Ip("127.0.0.1")};
  EXPECT_THAT(MakeLinks(config, kLocal, 443), ElementsAre("http://localhost:443/"));
  config.listen = {Ip("0.0.0.0")};
  EXPECT_THAT(MakeLinks(config, kLocal, 443),
              ElementsAre("http://localhost:443/", "https://192.0.2.1:443/"));
}

TEST(CandidatesTest, PublicAddressesTakeTheShardsPort) {
  const std::vector<SocketAddress> bound = {{Ip("192.0.2.1"), 10001}, {Ip("127.0.0.1"), 10001}};
  EXPECT_THAT(Candidates({Ip("198.51.100.7")}, bound),
              ElementsAre(SocketAddress{Ip("198.51.100.7"), 10001}, bound[0], bound[1]));
}

TEST(CandidatesTest, NoneTwice) {
  const std::vector<SocketAddress> bound = {{Ip("192.0.2.1"), 10001}};
  EXPECT_THAT(Candidates({Ip("192.0.2.1")}, bound), ElementsAre(bound[0]));
}

}  // namespace
}  // namespace conclave::app
