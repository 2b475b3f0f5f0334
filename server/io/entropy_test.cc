#include "io/entropy.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace conclave::io {
namespace {

TEST(KernelRandomTest, GivesDifferentValues) {
  KernelRandom random;
  std::set<uint64_t> seen;
  for (int i = 0; i < 100; ++i) seen.insert(random.Next64());
  EXPECT_EQ(seen.size(), 100u);
}

TEST(KernelRandomTest, FillsMoreThanOneCallOfTheKernelGives) {
  KernelRandom random;
  // getrandom may return short above 256 bytes; a megabyte of zeros at the end would show it.
  std::vector<uint8_t> bytes(1 << 20, 0);
  random.Fill(bytes);
  std::set<uint8_t> tail(bytes.end() - 4096, bytes.end());
  EXPECT_GT(tail.size(), 200u);
}

}  // namespace
}  // namespace conclave::io
