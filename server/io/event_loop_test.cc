#include "io/event_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <thread>
#include <vector>

#include "io/clock.h"
#include "io/mailbox.h"

namespace conclave::io {
namespace {

using ::testing::ElementsAre;

TEST(EventLoopTest, TimersFireInOrderAndOnlyTheLastArmingCounts) {
  EventLoop loop;
  std::vector<int> fired;
  Timer first(loop, [&] { fired.push_back(1); });
  Timer second(loop, [&] {
    fired.push_back(2);
    loop.Stop();
  });
  const Instant start = Now();
  second.Arm(start);
  second.Arm(start + Duration::Millis(10));
  first.Arm(start + Duration::Seconds(1000));
  first.Arm(start + Duration::Millis(2));
  loop.Run();
  EXPECT_THAT(fired, ElementsAre(1, 2));
  EXPECT_GE(Now(), start + Duration::Millis(10));
}

TEST(EventLoopTest, ATimerMayArmItselfAgain) {
  EventLoop loop;
  int count = 0;
  Timer* self = nullptr;
  Timer timer(loop, [&] {
    if (++count == 3) return loop.Stop();
    self->Arm(Now());
  });
  self = &timer;
  timer.Arm(Now());
  loop.Run();
  EXPECT_EQ(count, 3);
}

TEST(EventLoopTest, ADestroyedTimerIsSilent) {
  EventLoop loop;
  bool fired = false;
  {
    Timer timer(loop, [&] { fired = true; });
    timer.Arm(Now());
  }
  Timer stop(loop, [&] { loop.Stop(); });
  stop.Arm(Now() + Duration::Millis(1));
  loop.Run();
  EXPECT_FALSE(fired);
}

TEST(EventLoopTest, WakesForAMailboxFromAnotherThread) {
  EventLoop loop;
  Mailbox<int> mailbox(16);
  std::vector<int> received;
  loop.WatchReadable(mailbox.fd(), [&] {
    std::vector<int> batch;
    mailbox.Drain(batch);
    received.insert(received.end(), batch.begin(), batch.end());
    if (received.size() == 2) loop.Stop();
  });
  std::thread writer([&mailbox] {
    for (const int value : {1, 2}) {
      std::vector<int> values = {value};
      mailbox.Push(values);
    }
  });
  loop.Run();
  writer.join();
  EXPECT_THAT(received, ElementsAre(1, 2));
}

TEST(EventLoopTest, PostAndStopFromAnotherThread) {
  EventLoop loop;
  bool ran = false;
  std::thread other([&] {
    loop.Post([&] {
      ran = true;
      loop.Stop();
    });
  });
  loop.Run();
  other.join();
  EXPECT_TRUE(ran);
}

TEST(EventLoopTest, SignalsBecomeCalls) {
  EventLoop loop;
  int received = 0;
  loop.WatchSignals({SIGUSR1}, [&](int signal) {
    received = signal;
    loop.Stop();
  });
  loop.Post([] { std::raise(SIGUSR1); });
  loop.Run();
  EXPECT_EQ(received, SIGUSR1);
}

}  // namespace
}  // namespace conclave::io
