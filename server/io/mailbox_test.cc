#include "io/mailbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <memory>
#include <string>
#include <thread>

namespace conclave::io {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool Readable(int fd) {
  pollfd entry{fd, POLLIN, 0};
  return poll(&entry, 1, 0) == 1;
}

template <typename T>
std::vector<T> DrainAll(Mailbox<T>& mailbox) {
  std::vector<T> out;
  mailbox.Drain(out);
  return out;
}

TEST(MailboxTest, KeepsTheOrderAndWakesUntilDrained) {
  Mailbox<int> mailbox(8);
  EXPECT_FALSE(Readable(mailbox.fd()));
  std::vector<int> first = {1, 2};
  std::vector<int> second = {3};
  EXPECT_TRUE(mailbox.Push(first));
  EXPECT_TRUE(mailbox.Push(second));
  EXPECT_TRUE(Readable(mailbox.fd()));
  EXPECT_THAT(DrainAll(mailbox), ElementsAre(1, 2, 3));
  EXPECT_FALSE(Readable(mailbox.fd()));
}

TEST(MailboxTest, LeavesWhatDoesNotFitWithTheSender) {
  Mailbox<int> mailbox(2);
  std::vector<int> values = {1, 2, 3};
  EXPECT_FALSE(mailbox.Push(values));
  EXPECT_THAT(values, ElementsAre(3));
  EXPECT_FALSE(mailbox.Push(values));
  EXPECT_THAT(values, ElementsAre(3));
  EXPECT_THAT(DrainAll(mailbox), ElementsAre(1, 2));
  EXPECT_TRUE(mailbox.Push(values));
  EXPECT_THAT(DrainAll(mailbox), ElementsAre(3));
}

TEST(MailboxTest, CarriesValuesThatCanOnlyMove) {
  Mailbox<std::unique_ptr<std::string>> mailbox(2);
  std::vector<std::unique_ptr<std::string>> values;
  values.push_back(std::make_unique<std::string>("hello"));
  EXPECT_TRUE(mailbox.Push(values));
  EXPECT_EQ(*DrainAll(mailbox).at(0), "hello");
}

TEST(MailboxTest, AnEmptyPushWakesNobody) {
  Mailbox<int> mailbox(2);
  std::vector<int> none;
  EXPECT_TRUE(mailbox.Push(none));
  EXPECT_FALSE(Readable(mailbox.fd()));
}

// Two writers and a reader that sleeps on the descriptor: nothing is lost, doubled or left asleep,
// and each writer's order is kept.
TEST(MailboxTest, TwoThreadsAgainstASleepingReader) {
  constexpr int kPerWriter = 20000;
  Mailbox<int> mailbox(64);
  const auto write = [&mailbox](int sign) {
    std::vector<int> pending;
    for (int i = 1; i <= kPerWriter;) {
      while (pending.size() < 7 && i <= kPerWriter) pending.push_back(sign * i++);
      while (!mailbox.Push(pending)) std::this_thread::yield();
    }
  };
  std::thread plus(write, 1);
  std::thread minus(write, -1);
  int last_plus = 0;
  int last_minus = 0;
  std::vector<int> batch;
  while (last_plus < kPerWriter || last_minus > -kPerWriter) {
    pollfd entry{mailbox.fd(), POLLIN, 0};
    ASSERT_EQ(poll(&entry, 1, 10'000), 1) << "values were left without a wake-up";
    batch.clear();
    mailbox.Drain(batch);
    for (const int value : batch) {
      if (value > 0) {
        ASSERT_EQ(value, ++last_plus);
      } else {
        ASSERT_EQ(value, --last_minus);
      }
    }
  }
  plus.join();
  minus.join();
  EXPECT_THAT(DrainAll(mailbox), IsEmpty());
}

}  // namespace
}  // namespace conclave::io
