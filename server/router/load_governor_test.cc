#include "router/load_governor.h"

#include <gtest/gtest.h>

namespace conclave::router {
namespace {

constexpr Duration kStep = Duration::Millis(10);

// A thread that is busy for so many percent of each 10 ms.
class Thread {
 public:
  void Run(Duration time, int busy_percent) {
    for (const Instant end = now_ + time; now_ < end;) {
      now_ = now_ + kStep;
      governor_.OnTurn(now_, kStep * (100 - busy_percent) / 100);
    }
  }
  // How long it takes until this much is left out, at most `limit`.
  Duration UntilShedding(Shedding shedding, int busy_percent, Duration limit) {
    const Instant begin = now_;
    while (governor_.shedding() != shedding && now_ - begin < limit) Run(kStep, busy_percent);
    return now_ - begin;
  }
  const LoadGovernor& governor() const { return governor_; }

 private:
  Instant now_ = Instant::FromMicros(1'000'000);
  LoadGovernor governor_;
};

TEST(LoadGovernor, WhoHasLittleToDoSendsAtOnce) {
  Thread thread;
  thread.Run(Duration::Seconds(5), 60);
  EXPECT_EQ(thread.governor().turn(), Duration());
  EXPECT_EQ(thread.governor().shedding(), Shedding::kNothing);
  EXPECT_EQ(thread.governor().busy_percent(), 60);
}

TEST(LoadGovernor, WhoIsBusySendsSeldomBeforeAnythingIsLeftOut) {
  Thread thread;
  thread.Run(Duration::Millis(100), 80);
  EXPECT_GT(thread.governor().turn(), Duration());
  thread.Run(Duration::Seconds(5), 80);
  EXPECT_LE(thread.governor().turn(), Duration::Millis(10));
  EXPECT_EQ(thread.governor().shedding(), Shedding::kNothing);
  // And at once again when there is time.
  thread.Run(Duration::Seconds(1), 30);
  EXPECT_EQ(thread.governor().turn(), Duration());
}

TEST(LoadGovernor, DecidesWithinAQuarterOfASecond) {
  Thread thread;
  EXPECT_LE(thread.UntilShedding(Shedding::kUnasked, 100, Duration::Seconds(9)),
            Duration::Millis(250));
  EXPECT_LE(thread.UntilShedding(Shedding::kSmallTiles, 100, Duration::Seconds(9)),
            Duration::Millis(500));
}

TEST(LoadGovernor, AFullWindowNowAndThenLeavesNothingOut) {
  Thread thread;
  for (int i = 0; i < 100; ++i) {
    thread.Run(LoadGovernor::kWindow, 100);
    thread.Run(LoadGovernor::kWindow, 80);
  }
  EXPECT_EQ(thread.governor().shedding(), Shedding::kNothing);
}

TEST(LoadGovernor, LeavesOutNoMoreThanThereIs) {
  Thread thread;
  thread.Run(Duration::Seconds(10), 100);
  EXPECT_EQ(thread.governor().shedding(), Shedding::kJoins);
}

TEST(LoadGovernor, WhatWasLeftOutComesBackStepByStep) {
  Thread thread;
  thread.UntilShedding(Shedding::kSmallAll, 100, Duration::Seconds(9));
  thread.Run(LoadGovernor::kCalm - Duration::Millis(200), 50);
  EXPECT_EQ(thread.governor().shedding(), Shedding::kSmallAll);
  thread.Run(Duration::Millis(400), 50);
  EXPECT_EQ(thread.governor().shedding(), Shedding::kSmallTiles);
  thread.Run(LoadGovernor::kCalm * 2 + kStep * 10, 50);
  EXPECT_EQ(thread.governor().shedding(), Shedding::kNothing);
}

TEST(LoadGovernor, WhatComesBackTooSoonWaitsLonger) {
  Thread thread;
  thread.UntilShedding(Shedding::kUnasked, 100, Duration::Seconds(9));
  // Without it there is time, with it there is none: seconds pass between the attempts.
  int attempts = 0;
  for (int i = 0; i < 1000; ++i) {
    const bool less = thread.governor().shedding() == Shedding::kNothing;
    attempts += less ? 1 : 0;
    if (less) {
      thread.UntilShedding(Shedding::kUnasked, 100, Duration::Seconds(9));
    } else {
      thread.Run(Duration::Millis(100), 50);
    }
  }
  // In 100 s: after 2, 4, 8, 16, 32.
  EXPECT_GE(attempts, 4);
  EXPECT_LE(attempts, 6);
}

}  // namespace
}  // namespace conclave::router
