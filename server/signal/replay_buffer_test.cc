#include "signal/replay_buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace conclave::signal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST(ReplayBuffer, RepeatsExactlyWhatIsMissing) {
  ReplayBuffer buffer(10, 1000);
  for (const char* text : {"a", "b", "c"}) buffer.Push(text);
  EXPECT_EQ(buffer.last_sequence(), 3u);
  EXPECT_THAT(buffer.After(0), Optional(ElementsAre("a", "b", "c")));
  EXPECT_THAT(buffer.After(2), Optional(ElementsAre("c")));
  EXPECT_THAT(buffer.After(3), Optional(IsEmpty()));
  EXPECT_EQ(buffer.After(4), std::nullopt);
  EXPECT_EQ(buffer.After(UINT64_MAX), std::nullopt);
}

TEST(ReplayBuffer, OverItsLimitsTheOldestAreGone) {
  ReplayBuffer few(2, 1000);
  for (const char* text : {"a", "b", "c"}) few.Push(text);
  EXPECT_EQ(few.After(0), std::nullopt);
  EXPECT_THAT(few.After(1), Optional(ElementsAre("b", "c")));

  ReplayBuffer small(100, 10);
  small.Push("12345678");
  small.Push("123");
  EXPECT_EQ(small.After(0), std::nullopt);
  EXPECT_THAT(small.After(1), Optional(ElementsAre("123")));
  small.Push(std::string(11, 'x'));
  EXPECT_EQ(small.After(2), std::nullopt);
  EXPECT_THAT(small.After(3), Optional(IsEmpty()));
}

TEST(ReplayBuffer, AcknowledgedAndSkippedMessagesAreGone) {
  ReplayBuffer buffer(10, 1000);
  buffer.Skip();
  buffer.Push("b");
  buffer.Push("c");
  EXPECT_EQ(buffer.After(0), std::nullopt);
  EXPECT_THAT(buffer.After(1), Optional(ElementsAre("b", "c")));
  buffer.Acknowledge(2);
  EXPECT_EQ(buffer.After(1), std::nullopt);
  EXPECT_THAT(buffer.After(2), Optional(ElementsAre("c")));
  buffer.Acknowledge(99);
  EXPECT_THAT(buffer.After(3), Optional(IsEmpty()));
}

}  // namespace
}  // namespace conclave::signal
