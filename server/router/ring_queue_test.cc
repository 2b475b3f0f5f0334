#include "router/ring_queue.h"

#include <gtest/gtest.h>

#include "media/packet_pool.h"

namespace conclave::router {
namespace {

TEST(RingQueue, KeepsOrderWhileItGrowsAndWraps) {
  RingQueue<int> queue(1000);
  int pushed = 0;
  int popped = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 7; ++i) ASSERT_TRUE(queue.Push(pushed++));
    for (int i = 0; i < 5; ++i) {
      ASSERT_EQ(queue.front(), popped++);
      queue.Pop();
    }
  }
  EXPECT_EQ(queue.size(), 100u);
  EXPECT_EQ(queue.front(), popped);
}

TEST(RingQueue, RefusesWhatIsOverItsLimit) {
  RingQueue<int> queue(2);
  EXPECT_TRUE(queue.Push(1));
  EXPECT_TRUE(queue.Push(2));
  EXPECT_FALSE(queue.Push(3));
  queue.Pop();
  EXPECT_TRUE(queue.Push(3));
}

TEST(RingQueue, HoldsOnToNothingThatWasPopped) {
  media::PacketPool pool(4);
  RingQueue<media::PacketRef> queue(10);
  queue.Push(*pool.Allocate());
  queue.Push(*pool.Allocate());
  queue.Push(*pool.Allocate());
  EXPECT_EQ(pool.in_use(), 3u);
  queue.Pop();
  EXPECT_EQ(pool.in_use(), 2u);
  queue.Clear();
  EXPECT_EQ(pool.in_use(), 0u);
}

}  // namespace
}  // namespace conclave::router
