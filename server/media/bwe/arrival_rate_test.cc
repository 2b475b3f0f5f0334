#include "media/bwe/arrival_rate.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

// Packets of 1000 bytes arrive each `interval` until `end`.
void Arrive(ArrivalRate& rate, Instant& at, Duration interval, Instant end) {
  for (; at < end; at = at + interval) {
    const PacketResult result{.packet = {.size_bytes = 1000}, .received = true, .arrival = at};
    rate.OnFeedback({&result, 1});
  }
}

TEST(ArrivalRate, TheNewestPartFollowsASlowerLinkFirst) {
  ArrivalRate rate;
  Instant at = Instant() + Duration::Seconds(1);
  const Instant slower = at + Duration::Millis(500);
  Arrive(rate, at, Duration::Millis(4), slower);
  EXPECT_NEAR(*rate.bps(), 2e6, 1e5);
  EXPECT_NEAR(*rate.newest_bps(), 2e6, 1e5);

  Arrive(rate, at, Duration::Millis(16), slower + Duration::Millis(210));
  EXPECT_NEAR(*rate.newest_bps(), 5e5, 5e4);
  EXPECT_GT(*rate.bps(), 8e5);
}

TEST(ArrivalRate, SaysNothingOfTooFewPackets) {
  ArrivalRate rate;
  Instant at = Instant() + Duration::Seconds(1);
  Arrive(rate, at, Duration::Millis(60), at + Duration::Millis(180));
  EXPECT_FALSE(rate.newest_bps());
}

}  // namespace
}  // namespace conclave::media
