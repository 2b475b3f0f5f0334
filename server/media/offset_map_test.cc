#include "media/offset_map.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "base/random.h"

namespace conclave::media {
namespace {

TEST(OffsetMap, KeepsTheSourcesGapsAndClosesOurs) {
  OffsetMap map(1000);
  map.Begin(50);
  EXPECT_EQ(map.Map(50), 1000);
  EXPECT_EQ(map.Map(52), 1002);
  EXPECT_EQ(map.Drop(53), std::nullopt);
  EXPECT_EQ(map.Map(54), 1003);
  // Late, from before the dropped one.
  EXPECT_EQ(map.Map(51), 1001);
  EXPECT_EQ(map.next(), 1004);
}

TEST(OffsetMap, WhatWasDroppedStaysDropped) {
  OffsetMap map(0);
  map.Begin(10);
  EXPECT_EQ(map.Map(10), 0);
  map.Drop(11);
  map.Drop(12);
  EXPECT_EQ(map.Map(11), std::nullopt);
  EXPECT_EQ(map.Drop(12), std::nullopt);
  EXPECT_EQ(map.Map(13), 1);
  EXPECT_EQ(map.Map(12), std::nullopt);
}

TEST(OffsetMap, ALateDropLeavesAHoleAndTellsIt) {
  OffsetMap map(0);
  map.Begin(10);
  map.Map(10);
  EXPECT_EQ(map.Map(12), 2);
  EXPECT_EQ(map.Drop(11), 1);
}

TEST(OffsetMap, MapsNothingFromBeforeItsBeginning) {
  OffsetMap map(7);
  EXPECT_FALSE(map.active());
  map.Begin(10);
  EXPECT_EQ(map.Map(9), std::nullopt);
  EXPECT_EQ(map.Drop(9), std::nullopt);
  EXPECT_EQ(map.Map(10), 7);
  map.End();
  map.Begin(500);
  EXPECT_EQ(map.Map(499), std::nullopt);
  EXPECT_EQ(map.Map(500), 8);
}

TEST(OffsetMap, InsertedNumbersMoveWhatFollowsOnly) {
  OffsetMap map(0);
  EXPECT_EQ(map.Insert(), 0);
  map.Begin(10);
  EXPECT_EQ(map.Map(10), 1);
  EXPECT_EQ(map.Map(12), 3);
  EXPECT_EQ(map.Insert(), 4);
  EXPECT_EQ(map.Insert(), 5);
  EXPECT_EQ(map.Map(11), 2);
  EXPECT_EQ(map.Map(13), 6);
}

TEST(OffsetMap, ARunCostsNoMoreThanOneChange) {
  OffsetMap map(0);
  map.Begin(0);
  EXPECT_EQ(map.Map(0), 0);
  for (int64_t source = 2; source < 1002; ++source) map.Drop(source);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(map.Insert(), 2 + i);
  EXPECT_EQ(map.Map(1002), 1002);
  EXPECT_EQ(map.Map(1), 1);
  EXPECT_EQ(map.Map(0), 0);
}

TEST(OffsetMap, ForgetsTheOldestChangesFirst) {
  OffsetMap map(0);
  map.Begin(0);
  map.Map(0);
  int64_t next = 1;
  for (int64_t source = 1; source < 1000; source += 2) {
    map.Drop(source);
    ASSERT_EQ(map.Map(source + 1), next++);
  }
  EXPECT_EQ(map.Map(1000), next - 1);
  EXPECT_EQ(map.Map(990), next - 6);
  EXPECT_EQ(map.Map(0), std::nullopt);
}

// What each number of a source was mapped to, in full.
class Reference {
 public:
  explicit Reference(int64_t next) : next_(next) {}
  void Begin(int64_t first) {
    outputs_.clear();
    first_ = first;
    offset_ = next_ - first;
  }
  int64_t newest() const { return first_ + static_cast<int64_t>(outputs_.size()) - 1; }
  std::optional<int64_t> Map(int64_t source) {
    while (newest() < source) outputs_.push_back(newest() + 1 + offset_);
    next_ = newest() + 1 + offset_;
    return At(source);
  }
  std::optional<int64_t> Drop(int64_t source) {
    if (source <= newest()) return At(source);
    Map(source - 1);
    outputs_.push_back(std::nullopt);
    --offset_;
    next_ = newest() + 1 + offset_;
    return std::nullopt;
  }
  int64_t Insert() {
    ++offset_;
    return next_++;
  }
  std::optional<int64_t> At(int64_t source) const {
    if (source < first_) return std::nullopt;
    return outputs_[static_cast<size_t>(source - first_)];
  }

 private:
  std::vector<std::optional<int64_t>> outputs_;
  int64_t first_ = 0;
  int64_t offset_ = 0;
  int64_t next_;
};

TEST(OffsetMap, SaysTheSameAsAListOfAllNumbers) {
  SeededRandom random(11);
  for (int64_t first : {int64_t{0}, int64_t{65530}, (int64_t{1} << 32) - 100, int64_t{1} << 40}) {
    OffsetMap map(first / 3);
    Reference reference(first / 3);
    map.Begin(first);
    reference.Begin(first);
    for (int i = 0; i < 5000; ++i) {
      const uint32_t dice = random.Next32() % 10;
      // Mostly the next one; now and then one that others went ahead of.
      const int64_t late = random.Next32() % 4 == 0 ? random.Next32() % 25 : 0;
      const int64_t source = reference.newest() + 1 + random.Next32() % 2 - late;
      if (dice < 5) {
        ASSERT_EQ(map.Map(source), reference.Map(source)) << i << ": " << source;
      } else if (dice < 9) {
        ASSERT_EQ(map.Drop(source), reference.Drop(source)) << i << ": " << source;
      } else {
        ASSERT_EQ(map.Insert(), reference.Insert()) << i;
      }
    }
  }
}

TEST(OffsetMap, WhatIsFarBackIsForgottenAndNotMistaken) {
  OffsetMap map(0);
  map.Begin(0);
  EXPECT_EQ(map.Map(1), 1);
  map.Drop(2);
  const int64_t far = int64_t{1} << 32;
  EXPECT_EQ(map.Map(far), far - 1);
  map.Drop(far + 1);
  EXPECT_EQ(map.Map(far + 2), far);
  // Just before it all is known; so far back nothing is, whatever the low bits are.
  EXPECT_EQ(map.Map(far), far - 1);
  EXPECT_EQ(map.Map(far - 1000), far - 1001);
  EXPECT_EQ(map.Map(1), std::nullopt);
  EXPECT_EQ(map.Map(3), std::nullopt);
}

}  // namespace
}  // namespace conclave::media
