#include "app/hash_passcode.h"

#include <gtest/gtest.h>

#include "signal/passcode_text.h"

namespace conclave::app {
namespace {

TEST(HashPasscode, IsWhatTheConfigurationTakes) {
  SeededRandom random(3);
  const auto text = HashPasscode("tea at five", random);
  ASSERT_TRUE(text);
  const auto passcode = signal::ParsePasscode(*text);
  ASSERT_TRUE(passcode);
  EXPECT_TRUE(signal::IsSame(passcode->key, *signal::Stretch("tea at five", passcode->salt)));
  EXPECT_NE(*HashPasscode("tea at five", random), *text) << "each has a salt of its own";
}

TEST(HashPasscode, RefusesWhatNobodyCouldGive) {
  SeededRandom random(3);
  EXPECT_FALSE(HashPasscode("", random));
  EXPECT_TRUE(HashPasscode(std::string(128, 'x'), random));
  EXPECT_FALSE(HashPasscode(std::string(129, 'x'), random));
}

}  // namespace
}  // namespace conclave::app
