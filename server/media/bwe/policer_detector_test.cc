#include "media/bwe/policer_detector.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::media {
namespace {

// Sends 100 packets a second for `seconds`; every `nth` is lost, as long as `loses` says so.
template <typename Loses>
void Send(PolicerDetector& detector, int seconds, int nth, Instant& now, Loses loses) {
  for (int i = 0; i < seconds * 10; ++i) {
    std::vector<PacketResult> results;
    for (int k = 0; k < 10; ++k) {
      now = now + Duration::Millis(10);
      PacketResult result;
      result.packet.sent = now;
      result.received = (i * 10 + k) % nth != 0 || !loses();
      results.push_back(result);
    }
    detector.OnFeedback(results, 1e6, false, now);
  }
}

TEST(PolicerDetector, CapsWhereLossesEndWithARateThatFits) {
  PolicerDetector detector;
  Instant now;
  Send(detector, 10, 10, now, [&] { return !detector.limit_bps(); });
  ASSERT_TRUE(detector.limit_bps().has_value());
  EXPECT_NEAR(*detector.limit_bps(), 1e6, 1e5);
}

TEST(PolicerDetector, LeavesALossyPathAlone) {
  PolicerDetector detector;
  Instant now;
  Send(detector, 15, 10, now, [] { return true; });
  EXPECT_FALSE(detector.limit_bps().has_value());
}

TEST(PolicerDetector, DoesNotTestAPathWithoutLoss) {
  PolicerDetector detector;
  Instant now;
  Send(detector, 10, 10, now, [&] {
    EXPECT_FALSE(detector.limit_bps().has_value());
    return false;
  });
}

}  // namespace
}  // namespace conclave::media
