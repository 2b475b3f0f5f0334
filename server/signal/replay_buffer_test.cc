#include "signal/replay_buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conclave::signal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

// By number and text.
using Texts = std::vector<std::pair<uint64_t, std::string>>;

void Push(ReplayBuffer& buffer, std::string_view text) { buffer.Push(0, SharedBody(text)); }

std::optional<Texts> After(const ReplayBuffer& buffer, uint64_t seen) {
  const auto missing = buffer.After(seen);
  if (!missing) return std::nullopt;
  Texts texts;
  for (const KeptMessage& kept : *missing) texts.emplace_back(kept.sequence, kept.body.text());
  return texts;
}

TEST(ReplayBuffer, RepeatsExactlyWhatIsMissing) {
  ReplayBuffer buffer(10, 1000);
  for (const char* text : {"a", "b", "c"}) Push(buffer, text);
  EXPECT_EQ(buffer.last_sequence(), 3u);
  EXPECT_THAT(After(buffer, 0), Optional(ElementsAre(Pair(1, "a"), Pair(2, "b"), Pair(3, "c"))));
  EXPECT_THAT(After(buffer, 2), Optional(ElementsAre(Pair(3, "c"))));
  EXPECT_THAT(After(buffer, 3), Optional(IsEmpty()));
  EXPECT_EQ(After(buffer, 4), std::nullopt);
  EXPECT_EQ(After(buffer, UINT64_MAX), std::nullopt);
}

TEST(ReplayBuffer, OverItsLimitsTheOldestAreGone) {
  ReplayBuffer few(2, 1000);
  for (const char* text : {"a", "b", "c"}) Push(few, text);
  EXPECT_EQ(After(few, 0), std::nullopt);
  EXPECT_THAT(After(few, 1), Optional(ElementsAre(Pair(2, "b"), Pair(3, "c"))));

  ReplayBuffer small(100, 10);
  Push(small, "12345678");
  Push(small, "123");
  EXPECT_EQ(After(small, 0), std::nullopt);
  EXPECT_THAT(After(small, 1), Optional(ElementsAre(Pair(2, "123"))));
  Push(small, std::string(11, 'x'));
  EXPECT_EQ(After(small, 2), std::nullopt);
  EXPECT_THAT(After(small, 3), Optional(IsEmpty()));
}

TEST(ReplayBuffer, WhatIsSharedIsThereForTheLast) {
  const SharedBody body("to all");
  auto first = std::make_unique<ReplayBuffer>(10, 1000);
  ReplayBuffer second(10, 1000);
  first->Push(0, body);
  second.Push(7, body);
  first.reset();
  const auto missing = second.After(0);
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->front().reply_to, 7u);
  // Not a copy.
  EXPECT_EQ(missing->front().body.text().data(), body.text().data());
}

TEST(ReplayBuffer, AcknowledgedAndSkippedMessagesAreGone) {
  ReplayBuffer buffer(10, 1000);
  buffer.Skip();
  Push(buffer, "b");
  Push(buffer, "c");
  EXPECT_EQ(After(buffer, 0), std::nullopt);
  EXPECT_THAT(After(buffer, 1), Optional(ElementsAre(Pair(2, "b"), Pair(3, "c"))));
  buffer.Acknowledge(2);
  EXPECT_EQ(After(buffer, 1), std::nullopt);
  EXPECT_THAT(After(buffer, 2), Optional(ElementsAre(Pair(3, "c"))));
  buffer.Acknowledge(99);
  EXPECT_THAT(After(buffer, 3), Optional(IsEmpty()));
}

}  // namespace
}  // namespace conclave::signal
