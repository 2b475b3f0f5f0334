#include "base/socket_address.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace conclave {
namespace {

TEST(IpAddress, PrintsWhatItParses) {
  // The right-hand forms are those of RFC 5952 section 4.
  const std::pair<const char*, const char*> cases[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"2001:DB8::1", "2001:db8::1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
      {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
      {"::ffff:192.0.2.1", "192.0.2.1"},
  };
  for (const auto& [text, printed] : cases) {
    const auto address = IpAddress::Parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->ToString(), printed);
    EXPECT_EQ(IpAddress::Parse(printed), address);
  }
}

TEST(IpAddress, RejectsEverythingElse) {
  for (const char* text : {"",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "1.2.3.",
                           ".1.2.3",
                           "01.2.3.4",
                           "1.2.3.-4",
                           "1.2.3.4 ",
                           "host",
                           ":",
                           ":::",
                           "1:2",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "12345::",
                           "g::",
                           "1::2::3",
                           "1:2:3:4:5:6:7:8::",
                           "::1:2:3:4:5:6:7:8",
                           "fe80::1%eth0",
                           "[::1]",
                           "1:",
                           ":1",
                           "1.2.3.4::",
                           "1.2.3.4::1",
                           "::1.2.3.4:1",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::1.2.3",
                           "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"}) {
    EXPECT_FALSE(IpAddress::Parse(text)) << text;
  }
}

TEST(IpAddress, RoundTripsRandomAddresses) {
  SeededRandom random(1);
  for (int i = 0; i < 2000; ++i) {
    std::array<uint8_t, 16> bytes;
    random.Fill(bytes);
    // Runs of zeros, of all lengths and at all places.
    const uint32_t mask = random.Next32();
    for (size_t group = 0; group < 8; ++group) {
      if ((mask >> group & 1) != 0) bytes[2 * group] = bytes[2 * group + 1] = 0;
    }
    const IpAddress address = IpAddress::V6(bytes);
    EXPECT_EQ(IpAddress::Parse(address.ToString()), address) << address.ToString();
  }
}

TEST(IpAddress, KnowsItsScopes) {
  EXPECT_TRUE(IpAddress::V4(127, 9, 9, 9).is_loopback());
  EXPECT_TRUE(IpAddress::Parse("::1")->is_loopback());
  EXPECT_FALSE(IpAddress::V4(128, 0, 0, 1).is_loopback());
  EXPECT_FALSE(IpAddress().is_loopback());
  EXPECT_TRUE(IpAddress::V4(169, 254, 1, 1).is_link_local());
  EXPECT_TRUE(IpAddress::Parse("febf::1")->is_link_local());
  EXPECT_FALSE(IpAddress::Parse("fec0::1")->is_link_local());
  EXPECT_TRUE(IpAddress::V4(1, 2, 3, 4).is_v4());
  EXPECT_FALSE(IpAddress::Parse("2001:db8::1")->is_v4());
}

TEST(SocketAddress, PrintsBracketsAroundIpv6) {
  EXPECT_EQ((SocketAddress{IpAddress::V4(192, 0, 2, 1), 5000}).ToString(), "192.0.2.1:5000");
  EXPECT_EQ((SocketAddress{*IpAddress::Parse("2001:db8::1"), 1}).ToString(), "[2001:db8::1]:1");
}

TEST(SocketAddress, HashesPortsAndAddressesApart) {
  const SocketAddressHash hash;
  const SocketAddress address{IpAddress::V4(192, 0, 2, 1), 5000};
  EXPECT_EQ(hash(address), hash(SocketAddress{IpAddress::V4(192, 0, 2, 1), 5000}));
  EXPECT_NE(hash(address), hash(SocketAddress{IpAddress::V4(192, 0, 2, 1), 5001}));
  EXPECT_NE(hash(address), hash(SocketAddress{IpAddress::V4(192, 0, 2, 2), 5000}));
}

}  // namespace
}  // namespace conclave
