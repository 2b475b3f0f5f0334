#include "media/bwe/probe_result.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::media {
namespace {

constexpr int kPackets = 40;
constexpr int kBytes = 1000;

// A cluster of 40 packets, one each millisecond, that arrive as fast; each `lost_each`-th does not.
std::vector<PacketResult> Burst(int id, int lost_each) {
  std::vector<PacketResult> results;
  for (int i = 0; i < kPackets; ++i) {
    PacketResult result;
    result.packet.sequence = i;
    result.packet.sent = Instant::FromMicros(i * 1000);
    result.packet.size_bytes = kBytes;
    result.packet.probe_cluster = id;
    result.received = lost_each == 0 || i % lost_each != 0;
    result.arrival = result.packet.sent + Duration::Millis(20);
    results.push_back(result);
  }
  return results;
}

std::optional<double> Measured(int lost_each, double random_loss) {
  ProbeResults probes;
  ProbeCluster cluster{.id = 1};
  cluster.packets_min = kPackets;
  cluster.bytes_min = kPackets * kBytes;
  probes.OnCluster(cluster);
  return probes.OnFeedback(Burst(1, lost_each), random_loss);
}

TEST(ProbeResults, MeasuresHowFastABurstArrives) {
  EXPECT_NEAR(Measured(0, 0).value_or(0), 8e6, 0.1e6);
}

TEST(ProbeResults, ABurstOfWhichTooMuchIsMissingMeasuresNothing) {
  EXPECT_EQ(Measured(3, 0), std::nullopt);
}

TEST(ProbeResults, WhatIsLostAtRandomIsMeasuredAsSent) {
  // A quarter is lost on a path that always loses a quarter.
  EXPECT_EQ(Measured(4, 0), std::nullopt);
  EXPECT_NEAR(Measured(4, 0.25).value_or(0), 8e6, 0.5e6);
}

}  // namespace
}  // namespace conclave::media
