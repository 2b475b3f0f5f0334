#include "sim/log_checker.h"

#include <gtest/gtest.h>

namespace conclave::sim {
namespace {

TEST(LogChecker, FindsSecretsAboveTraceOnly) {
  LogChecker checker;
  checker.AddSecret("192.0.2.7");
  checker.AddSecret("x");
  LOG(kDebug, "participant 7 joined x");
  EXPECT_TRUE(checker.leaks().empty());
  LOG(kTrace, "from 192.0.2.7:5000");
  EXPECT_TRUE(checker.leaks().empty());
  LOG(kDebug, "from 192.0.2.7:5000");
  EXPECT_EQ(checker.leaks().size(), 1u);
  EXPECT_EQ(checker.lines(), 2u);
}

}  // namespace
}  // namespace conclave::sim
