#include "media/bwe/loss_origin.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::media {
namespace {

// A feedback each 50 ms with ten packets; every other second there is a queue. Every `nth` packet
// is lost, without a queue only if `always`. Those lost are `late` ones that come after all.
struct Path {
  int nth = 50;
  bool always = false;
  bool late = false;
};

LossOrigin Watch(const Path& path, int seconds) {
  LossOrigin origin;
  int packet = 0;
  bool missing = false;
  for (int i = 0; i < seconds * 20; ++i) {
    const bool queued = i / 20 % 2 == 0;
    std::vector<PacketResult> results;
    if (missing && path.late)
      results.push_back({.packet = {}, .received = true, .recovered = true});
    missing = false;
    for (int k = 0; k < 10; ++k) {
      const bool lost = ++packet % path.nth == 0 && (queued || path.always);
      missing = missing || lost;
      results.push_back({.packet = {}, .received = !lost});
    }
    origin.OnFeedback(results, queued, Instant() + Duration::Millis(50 * i));
  }
  return origin;
}

TEST(LossOrigin, FindsLossesThatComeWithAQueueOnly) { EXPECT_TRUE(Watch({}, 20).queue()); }

TEST(LossOrigin, LeavesALossyPathAlone) {
  EXPECT_FALSE(Watch({.nth = 50, .always = true}, 20).queue());
  EXPECT_FALSE(Watch({.nth = 4, .always = true}, 20).queue());
}

TEST(LossOrigin, SaysNothingOfTooFewLosses) { EXPECT_FALSE(Watch({.nth = 400}, 20).queue()); }

TEST(LossOrigin, TakesReorderingForNoLoss) { EXPECT_FALSE(Watch({.late = true}, 20).queue()); }

TEST(LossOrigin, ForgetsAfterThePathChanged) {
  LossOrigin origin = Watch({}, 20);
  ASSERT_TRUE(origin.queue());
  // Now as many are lost without a queue.
  for (int i = 0; i < 400; ++i) {
    std::vector<PacketResult> results(10, PacketResult{.packet = {}, .received = true});
    results[0].received = i % 5 != 0;
    origin.OnFeedback(results, i % 2 == 0, Instant() + Duration::Millis(20'000 + 50 * i));
  }
  EXPECT_FALSE(origin.queue());
}

}  // namespace
}  // namespace conclave::media
