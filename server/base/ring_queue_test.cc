#include "base/ring_queue.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace conclave {
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

TEST(RingQueue, WhatOneHasNoUseForTheNextTakes) {
  RingPool<int> pool;
  RingQueue<int> first(1000, pool);
  RingQueue<int> second(1000, pool);
  const auto fill = [](RingQueue<int>& queue, int items) {
    for (int i = 0; i < items; ++i) queue.Push(i);
    EXPECT_EQ(queue.back(), items - 1);
    EXPECT_EQ(queue[0], 0);
  };
  fill(first, 300);
  EXPECT_EQ(pool.spare(), 16u + 32 + 64 + 128 + 256) << "what it grew out of";
  first.Clear();
  EXPECT_EQ(pool.spare(), 2u * 512 - 16);
  fill(second, 300);
  EXPECT_EQ(pool.spare(), 16u + 32 + 64 + 128 + 256);
  second.Clear();
  fill(second, 3);
  second.Clear();
  EXPECT_EQ(pool.spare(), 2u * 512 - 32) << "a little stays";
  second.Release();
  EXPECT_EQ(pool.spare(), 2u * 512 - 16);
}

TEST(RingPool, GivesBackWhatIsNotNeededForLong) {
  RingPool<int> pool;
  std::vector<std::vector<int>> taken;
  for (int i = 0; i < 100; ++i) taken.push_back(pool.Take(64));
  for (auto& items : taken) pool.Give(std::move(items));
  for (int i = 0; i < 3; ++i) pool.Trim();
  EXPECT_EQ(pool.spare(), 6400u);
  for (int i = 0; i < 60; ++i) {
    // Ten go on being needed.
    for (int j = 0; j < 10; ++j) taken.push_back(pool.Take(64));
    for (int j = 0; j < 10; ++j)
      pool.Give(std::exchange(taken[taken.size() - 1 - static_cast<size_t>(j)], {}));
    pool.Trim();
  }
  EXPECT_LE(pool.spare(), 64u * 40);
  EXPECT_GE(pool.spare(), 64u * 10);
}

TEST(RingQueue, CountsFromTheFront) {
  RingQueue<int> queue(100);
  for (int i = 0; i < 14; ++i) queue.Push(i);
  for (int i = 0; i < 10; ++i) queue.Pop();
  for (int i = 14; i < 20; ++i) queue.Push(i);
  for (size_t i = 0; i < queue.size(); ++i) EXPECT_EQ(queue[i], static_cast<int>(i) + 10);
}

// Counts how many of its kind there are.
class Counted {
 public:
  Counted() = default;
  explicit Counted(int& count) : count_(&count) { ++count; }
  Counted(Counted&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  Counted& operator=(Counted&& other) noexcept {
    std::swap(count_, other.count_);
    return *this;
  }
  ~Counted() {
    if (count_) --*count_;
  }

 private:
  int* count_ = nullptr;
};

TEST(RingQueue, HoldsOnToNothingThatWasPopped) {
  int held = 0;
  RingQueue<Counted> queue(10);
  for (int i = 0; i < 3; ++i) queue.Push(Counted(held));
  EXPECT_EQ(held, 3);
  queue.Pop();
  EXPECT_EQ(held, 2);
  queue.Clear();
  EXPECT_EQ(held, 0);
}

}  // namespace
}  // namespace conclave
