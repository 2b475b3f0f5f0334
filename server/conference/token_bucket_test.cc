#include "conference/token_bucket.h"

#include <gtest/gtest.h>

namespace conclave::conference {
namespace {

constexpr Instant At(int64_t ms) { return Instant::FromMicros(ms * 1000); }

TEST(TokenBucket, ABurstAndThenTheRate) {
  TokenBucket bucket({Duration::Millis(100), 3});
  EXPECT_TRUE(bucket.Take(At(0)));
  EXPECT_TRUE(bucket.Take(At(0)));
  EXPECT_TRUE(bucket.Take(At(0)));
  EXPECT_FALSE(bucket.Take(At(0)));
  EXPECT_EQ(bucket.Wait(At(0)), Duration::Millis(100));
  EXPECT_FALSE(bucket.Take(At(99)));
  EXPECT_TRUE(bucket.Take(At(100)));
  EXPECT_FALSE(bucket.Take(At(150)));
}

TEST(TokenBucket, RestRefillsItNoFurtherThanTheBurst) {
  TokenBucket bucket({Duration::Millis(100), 2});
  int taken = 0;
  for (int i = 0; i < 5; ++i) taken += bucket.Take(At(3'600'000));
  EXPECT_EQ(taken, 2);
}

}  // namespace
}  // namespace conclave::conference
