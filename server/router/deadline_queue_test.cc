#include "router/deadline_queue.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace conclave::router {
namespace {

Instant At(int64_t us) { return Instant::FromMicros(us); }

TEST(DeadlineQueue, GivesOutWhatIsDueInOrder) {
  DeadlineQueue queue;
  queue.Set(1, At(30));
  queue.Set(2, At(10));
  queue.Set(3, At(20));
  EXPECT_EQ(queue.Earliest(), At(10));
  EXPECT_EQ(queue.PopDue(At(20)), 2u);
  EXPECT_EQ(queue.PopDue(At(20)), 3u);
  EXPECT_EQ(queue.PopDue(At(20)), std::nullopt);
  EXPECT_EQ(queue.Earliest(), At(30));
}

TEST(DeadlineQueue, AKeyHasOneDeadlineThatCanMoveOrVanish) {
  DeadlineQueue queue;
  queue.Set(1, At(30));
  queue.Set(1, At(50));
  EXPECT_EQ(queue.Earliest(), At(50));
  queue.Set(1, Instant::Never());
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.Earliest(), Instant::Never());
  EXPECT_EQ(queue.PopDue(At(1000)), std::nullopt);
}

TEST(DeadlineQueue, AgreesWithASortedSetUnderRandomOperations) {
  SeededRandom random(2);
  DeadlineQueue queue;
  std::set<std::pair<int64_t, uint32_t>> model;
  for (int step = 0; step < 20000; ++step) {
    if (random.Next32() % 4 == 0) {
      const auto due = queue.PopDue(At(500));
      const bool expected = !model.empty() && model.begin()->first <= 500;
      ASSERT_EQ(due.has_value(), expected);
      if (due) {
        ASSERT_EQ(*due, model.begin()->second);
        model.erase(model.begin());
      }
      continue;
    }
    const uint32_t key = random.Next32() % 64;
    const bool never = random.Next32() % 4 == 0;
    const int64_t us = random.Next32() % 1000;
    std::erase_if(model, [&](const auto& item) { return item.second == key; });
    if (!never) model.emplace(us, key);
    queue.Set(key, never ? Instant::Never() : At(us));
    ASSERT_EQ(queue.size(), model.size());
    if (!model.empty()) {
      ASSERT_EQ(queue.Earliest(), At(model.begin()->first));
    }
  }
}

}  // namespace
}  // namespace conclave::router
