#include "media/bwe/flat_delay.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

// Feeds `queue(ms)` in milliseconds each 50 ms, on a path of 100 ms: when it was found to be
// longer.
template <typename Queue, typename Lost>
int FoundAfterMs(Queue queue, Lost lost, double jitter_ms = 0) {
  FlatDelay delay;
  for (int ms = 0; ms < 5000; ms += 50) {
    const Instant now = Instant::FromMicros(ms * 1000);
    if (delay.Update(queue(ms), 50, 100, jitter_ms, lost(ms), now)) return ms;
  }
  return -1;
}
bool None(int /*ms*/) { return false; }

TEST(FlatDelay, ADelayThatStaysAsItIsIsALongerPath) {
  EXPECT_EQ(FoundAfterMs([](int ms) { return ms < 1000 ? 0.0 : 90.0 + ms % 100 / 100.0; }, None),
            1400);
}

TEST(FlatDelay, AShortOneIsNot) {
  EXPECT_EQ(FoundAfterMs([](int) { return 40.0; }, None), -1);
}

TEST(FlatDelay, AQueueMoves) {
  EXPECT_EQ(FoundAfterMs([](int ms) { return 60.0 + ms / 50.0; }, None), -1);
  EXPECT_EQ(FoundAfterMs([](int ms) { return ms % 300 < 50 ? 94.0 : 90.0; }, None), -1);
}

TEST(FlatDelay, ButThePathsJitterIsNoQueue) {
  EXPECT_EQ(FoundAfterMs([](int ms) { return ms % 300 < 50 ? 94.0 : 90.0; }, None, 4), 400);
}

TEST(FlatDelay, AFullBufferLoses) {
  EXPECT_EQ(FoundAfterMs([](int) { return 90.0; }, [](int ms) { return ms % 300 == 0; }), -1);
}

TEST(FlatDelay, IsFoundOnce) {
  FlatDelay delay;
  int found = 0;
  for (int ms = 0; ms < 800; ms += 50) {
    found += delay.Update(90, 50, 100, 0, false, Instant::FromMicros(ms * 1000)) ? 1 : 0;
  }
  EXPECT_EQ(found, 1);
}

}  // namespace
}  // namespace conclave::media
