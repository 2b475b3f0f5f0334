#include "app/stretch_thread.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace conclave::app {
namespace {

TEST(StretchThread, AnswersInOrderAndAsTheFunctionDoes) {
  StretchThread thread;
  const signal::PasscodeSalt salt{7};
  thread.Push({1, "tea", salt});
  thread.Push({2, "coffee", salt});
  std::vector<Stretched> all;
  while (all.size() < 2) {
    pollfd ready{thread.fd(), POLLIN, 0};
    ASSERT_EQ(poll(&ready, 1, 10'000), 1);
    std::vector<Stretched> some;
    thread.Drain(some);
    all.insert(all.end(), some.begin(), some.end());
  }
  EXPECT_EQ(all[0].job, 1u);
  EXPECT_EQ(all[0].key, signal::Stretch("tea", salt));
  EXPECT_EQ(all[1].key, signal::Stretch("coffee", salt));
}

TEST(StretchThread, StopsWithWorkUndone) {
  StretchThread thread;
  for (uint64_t i = 0; i < 50; ++i) thread.Push({i, "tea", {}});
}

}  // namespace
}  // namespace conclave::app
