#include "router/probe_sender.h"

#include <gtest/gtest.h>

namespace conclave::router {
namespace {

constexpr int kPacketBytes = 300;

media::ProbeCluster Cluster(int id, DataRate rate) {
  return {.id = id, .rate = rate, .packets_min = 5, .bytes_min = rate.bps() * 15 / 8000};
}

struct Burst {
  int64_t bytes = 0;
  Instant first = Instant::Never();
  Instant last;
};

// Sends what is due, as a receiver does, until nothing is.
Burst SendAll(ProbeSender& sender, Instant now) {
  Burst run;
  while (sender.NextDeadline() != Instant::Never()) {
    now = std::max(now, sender.NextDeadline());
    for (int64_t due = sender.Due(now); due > 0; due -= kPacketBytes) {
      sender.OnSent(kPacketBytes);
      run.bytes += kPacketBytes;
      run.first = std::min(run.first, now);
      run.last = now;
    }
  }
  return run;
}

TEST(ProbeSender, SpreadsABurstAtItsRate) {
  ProbeSender sender;
  const Instant start = Instant::FromMicros(1'000'000);
  sender.Add(Cluster(7, DataRate::Kbps(3000)), start);
  EXPECT_EQ(sender.NextDeadline(), start);
  const Burst run = SendAll(sender, start);
  const DataRate rate = DataRate::Of(run.bytes - kPacketBytes, run.last - run.first);
  EXPECT_GE(run.bytes, 5625);
  EXPECT_NEAR(static_cast<double>(rate.kbps()), 3000, 450);
  EXPECT_EQ(sender.cluster(), media::kNoProbe);
}

TEST(ProbeSender, MediaCountsButAPacketAtTheEndIsItsOwn) {
  ProbeSender sender;
  const Instant start = Instant::FromMicros(1'000'000);
  sender.Add(Cluster(7, DataRate::Kbps(3000)), start);
  EXPECT_GT(sender.Due(start), 0);
  EXPECT_EQ(sender.cluster(), 7);
  for (int i = 0; i < 40; ++i) sender.OnSent(1200);
  const Burst run = SendAll(sender, start);
  EXPECT_EQ(run.bytes, kPacketBytes);
  EXPECT_GE(run.last, start + Duration::Millis(15));
}

TEST(ProbeSender, BurstsFollowOneAnotherAndWhatCannotLeaveDies) {
  ProbeSender sender;
  Instant now = Instant::FromMicros(1'000'000);
  for (int id = 1; id <= 9; ++id) sender.Add(Cluster(id, DataRate::Kbps(1000)), now);
  EXPECT_GT(sender.Due(now), 0);
  EXPECT_EQ(sender.cluster(), 1);
  now = now + ProbeSender::kTimeout + Duration::Millis(1);
  EXPECT_EQ(sender.Due(now), 0) << "nothing left within the timeout";
  EXPECT_EQ(sender.NextDeadline(), Instant::Never());
}

TEST(ProbeSender, PacketsFitTheRate) {
  const Instant now = Instant::FromMicros(1'000'000);
  for (const auto& [kbps, bytes] : {std::pair{300, 200}, {900, 337}, {3000, 1125}, {9000, 1200}}) {
    ProbeSender sender;
    sender.Add(Cluster(1, DataRate::Kbps(kbps)), now);
    ASSERT_GT(sender.Due(now), 0);
    EXPECT_EQ(sender.packet_bytes(), bytes) << kbps;
  }
}

}  // namespace
}  // namespace conclave::router
