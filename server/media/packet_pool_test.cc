#include "media/packet_pool.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::media {
namespace {

TEST(PacketPool, GivesOutItsCapacityAndCountsWhatItCannotGive) {
  PacketPool pool(3);
  std::vector<PacketRef> held;
  for (int i = 0; i < 3; ++i) {
    auto packet = pool.Allocate();
    ASSERT_TRUE(packet);
    held.push_back(*packet);
  }
  EXPECT_FALSE(pool.Allocate());
  EXPECT_FALSE(pool.Allocate());
  EXPECT_EQ(pool.exhausted(), 2u);
  EXPECT_EQ(pool.in_use(), 3u);
  held.pop_back();
  EXPECT_EQ(pool.in_use(), 2u);
  EXPECT_TRUE(pool.Allocate());
}

TEST(PacketPool, APacketReturnsWithItsLastReference) {
  PacketPool pool(1);
  PacketRef first = *pool.Allocate();
  PacketRef copy = first;
  PacketRef moved = std::move(first);
  EXPECT_FALSE(first);  // NOLINT: the state after a move is part of the contract.
  copy = PacketRef();
  EXPECT_EQ(pool.in_use(), 1u);
  PacketRef& alias = moved;
  moved = alias;
  EXPECT_EQ(pool.in_use(), 1u);
  moved.Reset();
  moved.Reset();
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(PacketPool, AReusedPacketHasNothingOfTheOldOne) {
  PacketPool pool(1);
  {
    PacketRef packet = *pool.Allocate();
    packet->info.sequence = 7;
    packet->info.descriptor.emplace();
    packet->info.audio_level.emplace();
    packet->info.frame.key_frame = true;
    packet->size_bytes = 100;
  }
  PacketRef packet = *pool.Allocate();
  EXPECT_EQ(packet->info.sequence, 0);
  EXPECT_FALSE(packet->info.descriptor);
  EXPECT_FALSE(packet->info.audio_level);
  EXPECT_FALSE(packet->info.frame.key_frame);
  EXPECT_EQ(packet->size_bytes, 0);
}

TEST(PacketPool, ThePayloadIsASpanOfTheBytes) {
  PacketPool pool(1);
  PacketRef packet = *pool.Allocate();
  packet->info.payload_offset = 12;
  packet->info.payload_bytes = 3;
  packet->bytes[12] = 42;
  ASSERT_EQ(packet->payload().size(), 3u);
  EXPECT_EQ(packet->payload()[0], 42);
}

TEST(PacketPool, SmallPacketsTakeLittleMemory) {
  PacketPool pool(100);
  std::vector<PacketRef> held;
  for (int i = 0; i < 50; ++i) held.push_back(*pool.Allocate(100));
  EXPECT_LE(pool.touched_bytes(), 50u * (128 + 256));
  for (const PacketRef& packet : held) EXPECT_GE(packet->bytes.size(), 100u);
  for (const size_t bytes : {size_t{0}, size_t{129}, size_t{1216}, kMaxDatagramBytes}) {
    EXPECT_GE((*pool.Allocate(bytes))->bytes.size(), bytes);
  }
  EXPECT_GE((*pool.Allocate())->bytes.size(), kMaxDatagramBytes);
}

TEST(PacketPool, WhereOtherSizesHaveTakenTheMemoryALargerPacketServes) {
  PacketPool pool(3);
  std::vector<PacketRef> held;
  for (int i = 0; i < 3; ++i) held.push_back(*pool.Allocate());
  held.pop_back();
  const auto small = pool.Allocate(10);
  ASSERT_TRUE(small);
  EXPECT_GE((*small)->bytes.size(), 10u);
  EXPECT_FALSE(pool.Allocate(10));
}

TEST(PacketPool, GivesBackItsMemoryWhenNothingIsInUse) {
  PacketPool pool(4096);
  std::vector<PacketRef> held;
  for (int i = 0; i < 4096; ++i) held.push_back(*pool.Allocate());
  const size_t most = pool.touched_bytes();
  held.resize(1);
  EXPECT_EQ(pool.touched_bytes(), most);
  held.clear();
  EXPECT_EQ(pool.touched_bytes(), 0u);
  EXPECT_TRUE(pool.Allocate());
}

TEST(PacketPoolDeathTest, AReferenceMustNotOutliveThePool) {
  EXPECT_DEATH(
      {
        auto pool = std::make_unique<PacketPool>(1);
        PacketRef packet = *pool->Allocate();
        pool.reset();
      },
      "in_use_ == 0");
}

}  // namespace
}  // namespace conclave::media
