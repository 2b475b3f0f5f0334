#include "media/bwe/rate_memory.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

Instant At(int64_t seconds) { return Instant() + Duration::Seconds(seconds); }

TEST(RateMemory, KeepsTheBestOfAChain) {
  RateMemory memory;
  memory.Note(2e6, At(101));
  memory.Note(1e6, At(103));
  memory.Note(5e5, At(112));
  EXPECT_EQ(memory.best_bps(At(112)), 2e6);
}

TEST(RateMemory, ForgetsTheOldestFirst) {
  RateMemory memory;
  memory.Note(2e6, At(101));
  memory.Note(1e6, At(112));
  EXPECT_EQ(memory.best_bps(At(115)), 2e6);
  EXPECT_EQ(memory.best_bps(At(121)), 1e6);
  EXPECT_EQ(memory.best_bps(At(140)), 0);
}

TEST(RateMemory, KnowsNothingAtFirst) { EXPECT_EQ(RateMemory().best_bps(At(1)), 0); }

}  // namespace
}  // namespace conclave::media
