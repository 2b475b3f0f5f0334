#include "base/datagram.h"

#include <gtest/gtest.h>

namespace conclave {
namespace {

const Path kPath = {0, {IpAddress::V4(192, 0, 2, 1), 5000}};
const Path kOther = {0, {IpAddress::V4(192, 0, 2, 2), 5000}};

TEST(SendBatch, JoinsEqualSegmentsAndEndsARunWithTheFirstShortOne) {
  SendBatch batch;
  for (const size_t size : {1200, 1200, 700, 1200}) {
    batch.Prepare(kMaxDatagramBytes);
    batch.Commit(kPath, size);
  }
  ASSERT_EQ(batch.runs().size(), 2u);
  EXPECT_EQ(batch.runs()[0].size_bytes, 3100u);
  EXPECT_EQ(batch.runs()[0].segment_bytes, 1200u);
  EXPECT_EQ(batch.runs()[1].size_bytes, 1200u);
}

TEST(SendBatch, NeverJoinsPathsOrLargerSegments) {
  SendBatch batch;
  batch.Commit(kPath, 500);
  batch.Commit(kOther, 500);
  batch.Commit(kOther, 501);
  EXPECT_EQ(batch.runs().size(), 3u);
}

TEST(SendBatch, TellsHowLargeADatagramJoinsARun) {
  SendBatch batch;
  EXPECT_EQ(batch.OpenSegmentBytes(kPath), 0u);
  batch.Commit(kPath, 500);
  EXPECT_EQ(batch.OpenSegmentBytes(kPath), 500u);
  EXPECT_EQ(batch.OpenSegmentBytes(kOther), 0u);
  batch.Commit(kPath, 499);
  EXPECT_EQ(batch.OpenSegmentBytes(kPath), 0u) << "the short one ended it";
}

TEST(SendBatch, StopsARunAtTheKernelsLimits) {
  SendBatch batch;
  for (int i = 0; i < 65; ++i) batch.Commit(kPath, 100);
  EXPECT_EQ(batch.runs().size(), 2u);
  batch.Clear();
  for (int i = 0; i < 60; ++i) batch.Commit(kPath, 1200);
  EXPECT_EQ(batch.runs().size(), 2u);
  EXPECT_LE(batch.runs()[0].size_bytes, SendBatch::kMaxRunBytes);
}

}  // namespace
}  // namespace conclave
