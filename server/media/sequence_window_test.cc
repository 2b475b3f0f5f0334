#include "media/sequence_window.h"

#include <gtest/gtest.h>

#include <set>

#include "media/test_support.h"

namespace conclave::media {
namespace {

TEST(SequenceWindow, NeverGivesAnIndexTwice) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SeededRandom random(seed);
    SequenceWindow window;
    std::set<int64_t> taken;
    int64_t newest = 0;
    for (int i = 0; i < 20000; ++i) {
      newest += Chance(random, 1) ? Below(random, 3000) : Below(random, 3);
      const int64_t index = std::max<int64_t>(newest - Below(random, 1500), 0);
      const bool fresh = !taken.contains(index);
      const bool young = taken.empty() || index > *taken.rbegin() - SequenceWindow::kSize;
      ASSERT_EQ(window.Take(index), fresh && young) << "seed " << seed << " index " << index;
      if (fresh && young) taken.insert(index);
    }
  }
}

}  // namespace
}  // namespace conclave::media
