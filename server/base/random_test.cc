#include "base/random.h"

#include <gtest/gtest.h>

#include <set>

namespace conclave {
namespace {

TEST(SeededRandom, RepeatsItselfForTheSameSeedOnly) {
  SeededRandom a(1);
  SeededRandom b(1);
  SeededRandom c(2);
  const uint64_t first = a.Next64();
  EXPECT_EQ(first, b.Next64());
  EXPECT_NE(first, c.Next64());
  EXPECT_NE(a.Next32(), a.Next32());
}

TEST(SeededRandom, FillsEveryByte) {
  SeededRandom random(1);
  std::array<bool, 13> nonzero{};
  for (int round = 0; round < 20; ++round) {
    std::array<uint8_t, 13> bytes{};
    random.Fill(bytes);
    for (size_t i = 0; i < bytes.size(); ++i) nonzero[i] = nonzero[i] || bytes[i] != 0;
  }
  for (const bool filled : nonzero) EXPECT_TRUE(filled);
}

TEST(Random, MakesTextOfTheAlphabet) {
  SeededRandom random(1);
  const std::string text = random.Text(kIceChars, 4096);
  EXPECT_EQ(text.size(), 4096u);
  EXPECT_EQ(text.find_first_not_of(kIceChars), std::string::npos);
  // Every one of 64 characters in 4096 draws.
  EXPECT_EQ(std::set<char>(text.begin(), text.end()).size(), kIceChars.size());
  EXPECT_TRUE(random.Text(kIceChars, 0).empty());
}

TEST(RandomDeathTest, RefusesAnAlphabetThatWouldBeUneven) {
  SeededRandom random(1);
  EXPECT_DEATH(random.Text("abc", 1), "alphabet");
}

}  // namespace
}  // namespace conclave
