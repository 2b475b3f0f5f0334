#include "tests/load/canary.h"

#include <gtest/gtest.h>
#include <sched.h>

#include "io/clock.h"

namespace conclave::load {
namespace {

Instant AtMs(int64_t ms) { return Instant::FromMicros(5'000'000 + 1000 * ms); }

TEST(StolenTime, MarksTheWindowsThatAnIntervalTouches) {
  StolenTime stolen(AtMs(0));
  stolen.Mark(AtMs(150), AtMs(310));
  EXPECT_FALSE(stolen.Stolen(AtMs(99)));
  for (const int64_t ms : {100, 199, 200, 350, 399}) EXPECT_TRUE(stolen.Stolen(AtMs(ms))) << ms;
  EXPECT_FALSE(stolen.Stolen(AtMs(400)));
  EXPECT_DOUBLE_EQ(stolen.Share(AtMs(0), AtMs(1000)), 0.3);
  EXPECT_DOUBLE_EQ(stolen.Share(AtMs(400), AtMs(400)), 0);
}

TEST(StolenTime, WhatIsBeyondItsLimitCountsAsStolen) {
  StolenTime stolen(AtMs(0));
  const Instant last = AtMs(0) + Duration::Seconds(3600);
  EXPECT_FALSE(stolen.Stolen(last - Duration::Micros(1)));
  EXPECT_TRUE(stolen.Stolen(last));
  stolen.Mark(last, last + Duration::Seconds(1));
  EXPECT_FALSE(stolen.Stolen(last - Duration::Micros(1)));
}

TEST(LongestWait, IsThatOfABusyThread) {
  const std::vector<ThreadTimes> before = {{1, 0, 0}, {2, 1'000'000, 5'000'000}, {3, 0, 0}};
  const std::vector<ThreadTimes> after = {
      {1, 100'000, 19'000'000}, {2, 9'000'000, 8'000'000}, {3, 600'000, 2'000'000}, {4, 9, 9}};
  EXPECT_EQ(LongestWait(before, after, Duration::Micros(500)), Duration::Millis(3));
  EXPECT_EQ(LongestWait(before, after, Duration()), Duration::Millis(19));
  EXPECT_EQ(LongestWait(after, after, Duration()), Duration());
}

TEST(ReadThreads, TellsThatAThreadWaitedForACore) {
  cpu_set_t all;
  ASSERT_EQ(sched_getaffinity(0, sizeof(all), &all), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<size_t>(sched_getcpu()), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  // From here on two threads share a core, so each waits for the other.
  std::atomic<bool> stop{false};
  std::thread other([&] {
    while (!stop) {
    }
  });
  const std::vector<ThreadTimes> before = ReadThreads(0);
  const Instant begin = io::Now();
  Duration longest;
  while (longest < Canary::kStolenMin && io::Now() - begin < Duration::Seconds(30)) {
    longest = LongestWait(before, ReadThreads(0), Duration());
  }
  stop = true;
  other.join();
  sched_setaffinity(0, sizeof(all), &all);
  EXPECT_GE(longest, Canary::kStolenMin);
}

}  // namespace
}  // namespace conclave::load
