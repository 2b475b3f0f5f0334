#include "signal/passcode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

namespace conclave::signal {
namespace {

TEST(Passcode, TheSameAndOnlyTheSameMakesTheSameKey) {
  const PasscodeSalt salt{1, 2, 3};
  const auto key = Stretch("tea at five", salt);
  ASSERT_TRUE(key);
  EXPECT_TRUE(IsSame(*key, *Stretch("tea at five", salt)));
  EXPECT_FALSE(IsSame(*key, *Stretch("tea at six", salt)));
  EXPECT_FALSE(IsSame(*key, *Stretch("tea at five", PasscodeSalt{1, 2, 4})));
}

// By Debian's program: echo -n password | argon2 saltsaltsaltsalt -id -t 2 -k 19456 -p 1 -r
TEST(Passcode, IsArgon2id) {
  PasscodeSalt salt;
  const std::string_view text = "saltsaltsaltsalt";
  std::copy(text.begin(), text.end(), salt.begin());
  const auto key = Stretch("password", salt);
  ASSERT_TRUE(key);
  const PasscodeKey expected{0x4f, 0xde, 0x6a, 0xed, 0x2d, 0xb4, 0xe6, 0xd7, 0xfd, 0x58, 0x8e,
                             0x07, 0x85, 0x83, 0x99, 0x0c, 0x84, 0x26, 0x30, 0xc0, 0x1b, 0x9e,
                             0xd6, 0x9c, 0x19, 0x74, 0xc8, 0x92, 0xed, 0x20, 0x5d, 0x3f};
  EXPECT_EQ(*key, expected);
}

}  // namespace
}  // namespace conclave::signal
