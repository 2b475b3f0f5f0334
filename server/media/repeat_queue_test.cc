#include "media/repeat_queue.h"

#include <gtest/gtest.h>

#include <vector>

#include "media/test_support.h"

namespace conclave::media {
namespace {

constexpr RepeatPlan kOne = {1, Duration::Millis(30)};
constexpr RepeatPlan kTwo = {2, Duration::Millis(30)};

class RepeatQueueTest : public ::testing::Test {
 protected:
  Instant At(int64_t ms) const { return Instant::FromMicros(1'000'000) + Duration::Millis(ms); }
  void Send(int64_t ms, uint16_t slot, int64_t index, const RepeatPlan& plan, bool keep = false) {
    SlotPacket packet;
    packet.source = *pool_.Allocate();
    packet.header.index = index;
    packet.sent_at = At(ms);
    queue_.OnSent(slot, {packet, {}}, plan, RepeatQueue::Form::kCopies, keep);
  }
  std::vector<int> Due(int64_t ms) {
    std::vector<int> out;
    while (const auto copy = queue_.TakeDue(At(ms))) out.push_back(copy->sequence);
    return out;
  }

  PacketPool pool_{512};
  RepeatQueue queue_;
};

TEST_F(RepeatQueueTest, EachCopyIsDueAtItsTime) {
  Send(0, 0, 7, kTwo);
  Send(20, 1, 8, kTwo);
  EXPECT_EQ(queue_.NextDeadline(), At(30));
  EXPECT_TRUE(Due(29).empty());
  EXPECT_EQ(Due(30), std::vector<int>{7});
  EXPECT_EQ(queue_.NextDeadline(), At(50));
  EXPECT_EQ(Due(60), (std::vector<int>{8, 7}));
  EXPECT_EQ(Due(80), std::vector<int>{8});
  EXPECT_EQ(queue_.NextDeadline(), Instant::Never());
}

TEST_F(RepeatQueueTest, WithoutAPlanNothingIsHeld) {
  Send(0, 0, 7, {});
  EXPECT_EQ(queue_.size(), 0u);
  EXPECT_EQ(pool_.in_use(), 0u);
  EXPECT_EQ(queue_.NextDeadline(), Instant::Never());
}

TEST_F(RepeatQueueTest, PlansMayChangeFromPacketToPacket) {
  Send(0, 0, 1, kOne);
  Send(20, 0, 2, {});
  Send(40, 0, 3, kTwo);
  EXPECT_EQ(Due(30), std::vector<int>{1});
  EXPECT_EQ(Due(1000), (std::vector<int>{3, 3}));
}

TEST_F(RepeatQueueTest, WhatIsDueIsFoundUntilTheFlush) {
  Send(0, 3, 7, kOne);
  EXPECT_EQ(Due(30), std::vector<int>{7});
  ASSERT_NE(queue_.Find(3, 7), nullptr);
  EXPECT_EQ(queue_.Find(3, 7)->packet.header.index, 7);
  EXPECT_EQ(queue_.Find(2, 7), nullptr);
  EXPECT_EQ(queue_.Find(3, 8), nullptr);
  queue_.Expire(At(131));
  EXPECT_EQ(queue_.Find(3, 7), nullptr);
  EXPECT_EQ(pool_.in_use(), 0u);
}

TEST_F(RepeatQueueTest, AskedForItIsSentAgainWhileItIsYoungAndOnceInARoundTrip) {
  const Duration rtt = Duration::Millis(60);
  Send(0, 0, 7, {}, true);
  EXPECT_TRUE(queue_.TakeForNack(At(50), 0, 7, rtt)) << "what the RTT is may not be known yet";
  EXPECT_FALSE(queue_.TakeForNack(At(109), 0, 7, rtt));
  EXPECT_TRUE(queue_.TakeForNack(At(110), 0, 7, rtt));
  EXPECT_FALSE(queue_.TakeForNack(At(201), 0, 7, rtt));
  EXPECT_FALSE(queue_.TakeForNack(At(60), 0, 8, rtt));
}

TEST_F(RepeatQueueTest, ItIsBoundedAndTheOldestGoesFirst) {
  for (int64_t i = 0; i < 300; ++i) Send(0, 0, i, kOne);
  EXPECT_EQ(queue_.size(), RepeatQueue::kPacketsMax);
  EXPECT_EQ(pool_.in_use(), RepeatQueue::kPacketsMax);
  EXPECT_EQ(queue_.Find(0, 43), nullptr);
  EXPECT_EQ(Due(30).front(), 44);
}

// A voice of 20 ms frames whose receiver takes RED.
class RepeatQueueBlocks : public RepeatQueueTest {
 protected:
  static constexpr uint32_t kFrameTicks = 960;

  // The packet with that index leaves at its time; what it carries.
  std::vector<int> Speak(int64_t index, const RepeatPlan& plan, uint16_t slot = 0,
                         size_t payload_bytes = 80) {
    SlotPacket packet;
    packet.source = *pool_.Allocate();
    packet.source->info.payload_bytes = static_cast<uint16_t>(payload_bytes);
    packet.header.index = index;
    packet.header.timestamp = static_cast<uint32_t>(index) * kFrameTicks;
    packet.sent_at = At(20 * index);
    const RepeatQueue::Blocks blocks = queue_.TakeBlocks(packet.sent_at, slot, packet);
    std::vector<int> carried;
    for (const RepeatQueue::Block& block : blocks.span()) {
      carried.push_back(static_cast<int>(index - block.timestamp_offset / kFrameTicks));
    }
    queue_.OnSent(slot, {packet, blocks}, plan, RepeatQueue::Form::kBlocks, false);
    return carried;
  }

  static constexpr RepeatPlan kOne = {1, Duration::Millis(20)};
  static constexpr RepeatPlan kTwo = {2, Duration::Millis(20)};
};

TEST_F(RepeatQueueBlocks, AreForOneCopyThatTheNextPacketCanCarry) {
  using Form = RepeatQueue::Form;
  EXPECT_EQ(RepeatQueue::FormOf(kOne, true), Form::kBlocks);
  EXPECT_EQ(RepeatQueue::FormOf(kOne, false), Form::kCopies);
  EXPECT_EQ(RepeatQueue::FormOf(kTwo, true), Form::kCopies);
  EXPECT_EQ(RepeatQueue::FormOf({1, Duration::Millis(36)}, true), Form::kCopies);
}

TEST_F(RepeatQueueBlocks, TheNextPacketCarriesTheOneBefore) {
  EXPECT_TRUE(Speak(0, kOne).empty());
  for (int i = 1; i < 20; ++i) {
    EXPECT_EQ(Speak(i, kOne), std::vector<int>{i - 1});
    EXPECT_TRUE(Due(20 * i + 14).empty());
  }
}

TEST_F(RepeatQueueBlocks, TwoCopiesAreTwoBlocks) {
  Speak(0, kTwo);
  Speak(1, kTwo);
  EXPECT_EQ(Speak(2, kTwo), (std::vector<int>{0, 1}));
  EXPECT_EQ(Speak(3, kTwo), (std::vector<int>{1, 2}));
}

TEST_F(RepeatQueueBlocks, TheyAreAsFarApartAsCopies) {
  const RepeatPlan plan = {1, Duration::Millis(60)};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Speak(i, plan).empty());
  EXPECT_EQ(Speak(3, plan), std::vector<int>{0});
  EXPECT_EQ(Speak(4, plan), std::vector<int>{1});
}

TEST_F(RepeatQueueBlocks, TheLastOfASpellLeavesAgainAlone) {
  Speak(0, kTwo);
  EXPECT_EQ(Speak(1, kTwo), std::vector<int>{0});
  EXPECT_TRUE(Due(49).empty());
  EXPECT_EQ(Due(50), (std::vector<int>{1, 0}));
  ASSERT_NE(queue_.Find(0, 1), nullptr);
  EXPECT_EQ(queue_.Find(0, 1)->blocks.count, 1) << "it is the same packet";
  EXPECT_EQ(Due(200), std::vector<int>{1});
  EXPECT_EQ(queue_.NextDeadline(), Instant::Never());
}

TEST_F(RepeatQueueBlocks, NothingOfAnotherSlotOrSource) {
  Speak(0, kOne);
  EXPECT_TRUE(Speak(1, kOne, 1).empty());
  queue_.OnSourceBegins(0);
  EXPECT_TRUE(Speak(1, kOne, 0).empty());
  EXPECT_EQ(Speak(2, kOne, 0), std::vector<int>{1});
}

TEST_F(RepeatQueueBlocks, WhatDoesNotFitLeavesAlone) {
  Speak(0, kOne, 0, 600);
  EXPECT_TRUE(Speak(1, kOne, 0, 600).empty());
  EXPECT_EQ(Due(35), std::vector<int>{0});
}

TEST_F(RepeatQueueTest, UnderPressureWhatIsOldGoes) {
  Send(0, 0, 1, kTwo);
  Send(20, 0, 2, kTwo);
  queue_.DropBefore(At(10));
  EXPECT_EQ(pool_.in_use(), 1u);
  EXPECT_EQ(Due(100), (std::vector<int>{2, 2}));
}

}  // namespace
}  // namespace conclave::media
