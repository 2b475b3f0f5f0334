#include "io/local_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace conclave::io {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

IpAddress Ip(std::string_view text) { return IpAddress::Parse(text).value(); }

TEST(LocalAddressesTest, OrdersAndDropsWhatNoCandidateCanCarry) {
  const auto ordered =
      OrderLocalAddresses({Ip("::1"), Ip("127.0.0.1"), Ip("fe80::1"), Ip("2001:db8::1"),
                           Ip("169.254.3.4"), Ip("192.0.2.1"), Ip("192.0.2.1")});
  EXPECT_THAT(ordered, ElementsAre(Ip("192.0.2.1"), Ip("2001:db8::1"), Ip("127.0.0.1"), Ip("::1")));
}

TEST(LocalAddressesTest, IsNeverEmpty) {
  EXPECT_THAT(OrderLocalAddresses({}), ElementsAre(Ip("127.0.0.1")));
}

TEST(LocalAddressesTest, KeepsTheLimit) {
  std::vector<IpAddress> many;
  for (uint8_t i = 0; i < 100; ++i) many.push_back(IpAddress::V4(192, 0, 2, i));
  EXPECT_EQ(OrderLocalAddresses(many).size(), kMaxLocalAddresses);
}

TEST(LocalAddressesTest, ThisMachineHasALoopback) {
  EXPECT_THAT(LocalAddresses(), Contains(Ip("127.0.0.1")));
}

}  // namespace
}  // namespace conclave::io
