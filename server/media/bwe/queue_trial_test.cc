#include "media/bwe/queue_trial.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

// Feeds a standing queue of 100 ms until a verdict; `queue(ms since the test began)` during it.
template <typename Queue>
QueueOwner Verdict(Queue queue) {
  QueueTrial test;
  Instant began;
  for (int ms = 0; ms < 10'000; ms += 50) {
    const Instant now = Instant::FromMicros(ms * 1000);
    const double queue_ms = test.running() ? queue((now - began).ms()) : 100.0;
    if (!test.running()) began = now;
    const QueueOwner verdict = test.Update(queue_ms, queue_ms, 100, 30, 1, now);
    if (verdict != QueueOwner::kNone) return verdict;
  }
  return QueueOwner::kNone;
}

TEST(QueueTrial, AQueueThatFallsIsOurs) {
  EXPECT_EQ(Verdict([](int64_t ms) { return ms > 150 ? 20.0 : 100.0; }), QueueOwner::kOurs);
}

TEST(QueueTrial, AFlatDelayIsALongerPath) {
  EXPECT_EQ(Verdict([](int64_t) { return 100.0; }), QueueOwner::kLongerPath);
}

TEST(QueueTrial, AMachineThatStoodStillForAMomentIsNoCompetitor) {
  EXPECT_EQ(Verdict([](int64_t ms) { return ms == 250 ? 160.0 : 100.0; }), QueueOwner::kLongerPath);
}

TEST(QueueTrial, AMovingQueueIsACompetitors) {
  EXPECT_EQ(Verdict([](int64_t ms) { return ms % 200 < 100 ? 90.0 : 130.0; }),
            QueueOwner::kCompetitor);
}

}  // namespace
}  // namespace conclave::media
