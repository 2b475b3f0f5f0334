#include "router/control_queue.h"

#include <gtest/gtest.h>

#include <array>

namespace conclave::router {
namespace {

Path To(uint16_t port) { return {0, {IpAddress::V4(192, 0, 2, 1), port}}; }

TEST(ControlQueue, SendsInOrderAndGoesOnWhereABatchWasFull) {
  ControlQueue queue;
  // More runs than a batch holds: alternating destinations never join.
  constexpr size_t kCount = SendBatch::kMaxRuns + 10;
  for (size_t i = 0; i < kCount; ++i) {
    const std::array<uint8_t, 2> bytes = {static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    EXPECT_TRUE(queue.Append(To(static_cast<uint16_t>(1 + i % 2)), bytes));
  }
  SendBatch batch;
  EXPECT_TRUE(queue.Flush(batch));
  EXPECT_EQ(batch.runs().size(), SendBatch::kMaxRuns);
  batch.Clear();
  EXPECT_FALSE(queue.Flush(batch));
  ASSERT_EQ(batch.runs().size(), 10u);
  EXPECT_EQ(batch.bytes(batch.runs()[0])[1], static_cast<uint8_t>(SendBatch::kMaxRuns));
  EXPECT_TRUE(queue.empty());
}

TEST(ControlQueue, DropsBeyondItsLimitAndRecovers) {
  ControlQueue queue;
  const std::array<uint8_t, 100> bytes{};
  for (size_t i = 0; i < ControlQueue::kDatagramsMax; ++i) ASSERT_TRUE(queue.Append(To(1), bytes));
  EXPECT_FALSE(queue.Append(To(1), bytes));
  EXPECT_EQ(queue.dropped(), 1u);
  SendBatch batch;
  while (queue.Flush(batch)) batch.Clear();
  EXPECT_TRUE(queue.Append(To(1), bytes));
}

}  // namespace
}  // namespace conclave::router
