#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace conclave {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) return Error{"odd number: " + std::to_string(value)};
  return value / 2;
}

TEST(Result, HoldsAValueOrAnError) {
  const auto good = Half(8);
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 4);
  const auto bad = Half(7);
  EXPECT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().message, "odd number: 7");
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, TellsAStringFromAnError) {
  const Result<std::string> value(std::string("text"));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->size(), 4u);
}

TEST(Result, OfVoidIsJustAnAnswer) {
  const Result<void> good;
  EXPECT_TRUE(good);
  const Result<void> bad = Error{"no"};
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error().message, "no");
}

TEST(ResultDeathTest, ChecksThatTheRightSideIsAsked) {
  EXPECT_DEATH(Half(7).value(), "has_value");
  EXPECT_DEATH(static_cast<void>(Half(8).error()), "has_value");
}

}  // namespace
}  // namespace conclave
