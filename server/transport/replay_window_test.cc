#include "transport/replay_window.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace conclave::transport {
namespace {

TEST(ReplayWindow, AgreesWithASetOfAllIndices) {
  ReplayWindow window;
  std::set<uint64_t> all;
  SeededRandom random(1);
  uint64_t centre = 5000;
  for (int i = 0; i < 50000; ++i) {
    // Mostly forward in small steps, sometimes a jump, often back.
    centre += random.Next32() % 4;
    if (random.Next32() % 1000 == 0) centre += random.Next32() % 5000;
    const uint64_t index = centre - random.Next32() % 1500;
    const bool too_old = !all.empty() && index + ReplayWindow::kSize <= *all.rbegin();
    ASSERT_EQ(window.Seen(index), too_old || all.contains(index)) << i;
    if (window.Seen(index)) continue;
    window.Mark(index);
    all.insert(index);
    ASSERT_EQ(window.highest(), *all.rbegin());
  }
}

TEST(ReplayWindow, FirstIndexMayBeZero) {
  ReplayWindow window;
  EXPECT_FALSE(window.Seen(0));
  window.Mark(0);
  EXPECT_TRUE(window.Seen(0));
  EXPECT_FALSE(window.Seen(1));
}

}  // namespace
}  // namespace conclave::transport
