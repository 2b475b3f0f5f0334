#include "sim/virtual_network.h"

#include <gtest/gtest.h>

namespace conclave::sim {
namespace {

const SocketAddress kA = {IpAddress::V4(192, 0, 2, 1), 1};
const SocketAddress kB = {IpAddress::V4(192, 0, 2, 2), 2};

std::vector<uint8_t> Drain(VirtualNetwork& network) {
  std::vector<uint8_t> order;
  while (auto delivery = network.Receive(Instant::FromMicros(INT64_MAX - 1))) {
    order.push_back(delivery->bytes.at(0));
  }
  return order;
}

TEST(VirtualNetwork, DeliversAfterTheDelayAndNotBefore) {
  VirtualNetwork network(1);
  const uint8_t bytes[] = {7};
  network.Send(Instant::FromMicros(100), kA, kB, bytes, {.delay = Duration::Millis(5)});
  EXPECT_EQ(network.NextArrival(), Instant::FromMicros(5100));
  EXPECT_FALSE(network.Receive(Instant::FromMicros(5099)).has_value());
  const auto delivery = network.Receive(Instant::FromMicros(5100));
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->to, kB);
  EXPECT_EQ(delivery->from, kA);
  EXPECT_EQ(network.NextArrival(), Instant::Never());
}

TEST(VirtualNetwork, LosesDoublesAndReordersAsTheSeedSays) {
  const auto run = [](uint64_t seed) {
    VirtualNetwork network(seed);
    for (int i = 0; i < 1000; ++i) {
      const uint8_t bytes[] = {static_cast<uint8_t>(i)};
      network.Send(Instant::FromMicros(i * 1000), kA, kB, bytes,
                   {.delay = Duration::Millis(5),
                    .jitter = Duration::Millis(5),
                    .loss = 0.1,
                    .duplicate = 0.05});
    }
    return Drain(network);
  };
  const std::vector<uint8_t> first = run(1);
  EXPECT_EQ(first, run(1));
  EXPECT_NE(first, run(2));
  // 1000 sent, about 100 lost and 45 doubled.
  EXPECT_GT(first.size(), 880u);
  EXPECT_LT(first.size(), 1010u);
  size_t reordered = 0;
  for (size_t i = 1; i < first.size(); ++i) {
    reordered += static_cast<uint8_t>(first[i] - first[i - 1]) > 128 ? 1u : 0u;
  }
  EXPECT_GT(reordered, 10u);
}

}  // namespace
}  // namespace conclave::sim
