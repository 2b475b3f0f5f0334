#include "media/bwe/delay_signals.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

// A path of 100 ms there and back on which packets wait for `queue` and feedback follows at once.
class Path {
 public:
  void Feedback(DelaySignals& signals, Duration queue) {
    now_ = now_ + Duration::Millis(50);
    const Instant arrival = now_ - Duration::Millis(50);
    const PacketResult result{
        .packet = {.sent = arrival - Duration::Millis(50) - queue, .size_bytes = 1200},
        .received = true,
        .arrival = arrival};
    signals.OnFeedback({&result, 1}, false, now_);
  }

 private:
  Instant now_ = Instant() + Duration::Seconds(10);
};

TEST(DelaySignals, TheAverageRoundTripLeavesTheQueueOnlyWhenToldTo) {
  DelaySignals signals(DriftGuard::kOn);
  Path path;
  path.Feedback(signals, Duration());
  for (int i = 0; i < 20; ++i) path.Feedback(signals, Duration::Millis(300));
  path.Feedback(signals, Duration());
  EXPECT_GT(signals.rtt_ms(), 300);
  EXPECT_NEAR(signals.queue_ms(), 0, 1);

  signals.SettleRtt();
  EXPECT_NEAR(signals.rtt_ms(), 100, 1);
}

TEST(DelaySignals, SettlingNeverLengthensTheRoundTrip) {
  DelaySignals signals(DriftGuard::kOn);
  Path path;
  path.Feedback(signals, Duration());
  path.Feedback(signals, Duration::Millis(200));
  const double before = signals.rtt_ms();

  signals.SettleRtt();
  EXPECT_EQ(signals.rtt_ms(), before);
}

}  // namespace
}  // namespace conclave::media
