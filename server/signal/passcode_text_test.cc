#include "signal/passcode_text.h"

#include <argon2.h>
#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace conclave::signal {
namespace {

// By Debian's program: echo -n password | argon2 saltsaltsaltsalt -id -t 2 -k 19456 -p 1 -e
constexpr const char* kText =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
    "T95q7S205tf9WI4HhYOZDIQmMMAbntacGXTIku0gXT8";

TEST(PasscodeText, IsWhatOtherProgramsMake) {
  const auto passcode = ParsePasscode(kText);
  ASSERT_TRUE(passcode) << passcode.error().message;
  const auto key = Stretch("password", passcode->salt);
  ASSERT_TRUE(key);
  EXPECT_TRUE(IsSame(*key, passcode->key));
  EXPECT_EQ(ToText(*passcode), kText);
}

TEST(PasscodeText, OthersReadWhatWeMake) {
  SeededRandom random(5);
  for (int i = 0; i < 5; ++i) {
    Passcode passcode;
    random.Fill(passcode.salt);
    passcode.key = *Stretch("tea at five", passcode.salt);
    const std::string text = ToText(passcode);
    EXPECT_EQ(argon2id_verify(text.c_str(), "tea at five", 11), ARGON2_OK) << text;
    const auto again = ParsePasscode(text);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->salt, passcode.salt);
    EXPECT_EQ(again->key, passcode.key);
  }
}

TEST(PasscodeText, TakesNothingElse) {
  const std::string good = kText;
  EXPECT_FALSE(ParsePasscode(""));
  EXPECT_FALSE(ParsePasscode("password"));
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(ParsePasscode(good.substr(0, length))) << length;
  }
  EXPECT_FALSE(ParsePasscode(good + "A"));
  EXPECT_FALSE(ParsePasscode(good + "="));
  // A bit behind the key's last byte: two texts of one key.
  EXPECT_FALSE(ParsePasscode(good.substr(0, good.size() - 1) + "9"));
  std::string other = good;
  other.replace(other.find("t=2"), 3, "t=3");
  const auto refused = ParsePasscode(other);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("conclave --hash-passcode"), std::string::npos);
  other = good;
  other[good.size() - 3] = '*';
  EXPECT_FALSE(ParsePasscode(other));
}

}  // namespace
}  // namespace conclave::signal
