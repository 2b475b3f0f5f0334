// A shard whose thread has too little time: what it leaves out, how soon, and that voices go on.
#include <gtest/gtest.h>

#include <algorithm>
#include <variant>
#include <vector>

#include "router/load_governor.h"
#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

using router::Shedding;

constexpr Duration kTick = Duration::Millis(10);
constexpr Duration kBehindMax = Duration::Millis(200);
constexpr size_t kPeople = 5;

// Five people with cameras, each with one of the others on the stage; the thread takes so long for
// what it sends.
class ShardOverload : public ::testing::Test {
 protected:
  ShardOverload() {
    for (size_t i = 0; i < kPeople; ++i) people_.push_back(harness_.Join());
    for (size_t i = 0; i < kPeople; ++i) harness_.SetLayout(people_[i], Wishes(i));
    Run(Duration::Seconds(4), Duration());
    for (const Joined& who : people_) {
      harness_.media(who).track(who.microphone).set_level(20);
    }
    Run(Duration::Seconds(4), Duration());
  }

  std::vector<router::TrackWish> Wishes(size_t self) const {
    std::vector<router::TrackWish> wishes;
    for (size_t i = 1; i < kPeople; ++i) {
      const bool first = i == 1;
      wishes.push_back({.track = people_[(self + i) % kPeople].camera,
                        .height_px = static_cast<uint16_t>(first ? 720 : 360),
                        .pinned = false,
                        .on_stage = first});
    }
    return wishes;
  }

  router::ShardStats stats() { return harness_.world.shard().stats(); }
  Shedding shedding() { return static_cast<Shedding>(stats().shedding); }

  // Each byte that is sent keeps the thread busy for a thousandth of `cost`; what it does not get
  // done now it does later, as far as a socket's buffer holds it.
  void Run(Duration time, Duration cost) {
    const Instant end = harness_.world.now() + time;
    while (harness_.world.now() < end) {
      const uint64_t before = stats().bytes_sent;
      harness_.world.RunFor(kTick);
      const auto sent = static_cast<int64_t>(stats().bytes_sent - before);
      behind_ = std::min(behind_ + cost * sent / 1000, kBehindMax);
      const Duration busy = std::min(behind_, kTick);
      behind_ = behind_ - busy;
      harness_.world.shard().OnTurn(harness_.world.now(), kTick - busy);
    }
  }

  // The cost at which all that is sent at present takes so much of the time.
  Duration CostFor(int percent) {
    const uint64_t before = stats().bytes_sent;
    Run(Duration::Seconds(1), Duration());
    const auto sent = static_cast<int64_t>(stats().bytes_sent - before);
    return Duration::Seconds(1) * percent * 10 / sent;
  }

  uint64_t VoicePackets(const Joined& who) {
    uint64_t packets = 0;
    for (const SlotReceiver& slot : harness_.media(who).slots()) {
      if (!slot.is_video()) packets += slot.stats().packets;
    }
    return packets;
  }
  bool Sees(const Joined& who, TrackId track) {
    const SlotReceiver* slot = harness_.SlotOf(who, track);
    return slot && harness_.world.now() - slot->last_packet() < Duration::Millis(500);
  }

  ShardHarness harness_;
  std::vector<Joined> people_;
  Duration behind_;
};

TEST_F(ShardOverload, WithTimeNothingIsLeftOut) {
  Run(Duration::Seconds(3), CostFor(60));
  EXPECT_EQ(shedding(), Shedding::kNothing);
  EXPECT_EQ(stats().turn_us, 0U);
  for (size_t i = 1; i < kPeople; ++i) EXPECT_TRUE(Sees(people_[0], people_[i].camera));
}

TEST_F(ShardOverload, IsDecidedWithinAQuarterOfASecond) {
  const Duration cost = CostFor(300);
  Run(Duration::Millis(260), cost);
  EXPECT_GT(shedding(), Shedding::kNothing);
}

TEST_F(ShardOverload, PicturesGetSmallerBeforeTheyGo) {
  const Duration cost = CostFor(1000);
  const auto until = [&](Shedding wanted) {
    for (int i = 0; i < 500 && shedding() != wanted; ++i) Run(kTick, cost);
    return shedding() == wanted;
  };
  ASSERT_TRUE(until(Shedding::kLastFew));
  EXPECT_TRUE(Sees(people_[0], people_[1].camera)) << "the stage goes last";
  ASSERT_TRUE(until(Shedding::kVideo));
  Run(Duration::Millis(600), cost);
  EXPECT_FALSE(Sees(people_[0], people_[1].camera));
}

TEST_F(ShardOverload, VoicesAreNeverLeftOut) {
  const uint64_t before = VoicePackets(people_[0]);
  Run(Duration::Seconds(2), Duration());
  const uint64_t calm = VoicePackets(people_[0]) - before;
  ASSERT_GT(calm, 300U);
  Run(Duration::Seconds(5), CostFor(1000));
  EXPECT_EQ(shedding(), Shedding::kJoins);
  EXPECT_FALSE(Sees(people_[0], people_[1].camera));
  const uint64_t busy = VoicePackets(people_[0]);
  Run(Duration::Seconds(2), Duration::Millis(5));
  EXPECT_GE(VoicePackets(people_[0]) - busy + 8, calm);
  for (const SlotReceiver& slot : harness_.media(people_[0]).slots()) {
    if (slot.is_video()) continue;
    EXPECT_EQ(slot.stats().abandoned, 0U);
  }
}

TEST_F(ShardOverload, WhatWasLeftOutComesBack) {
  Run(Duration::Seconds(5), CostFor(1000));
  ASSERT_EQ(shedding(), Shedding::kJoins);
  Run(Duration::Seconds(40), Duration());
  EXPECT_EQ(shedding(), Shedding::kNothing);
  for (size_t i = 1; i < kPeople; ++i) EXPECT_TRUE(Sees(people_[0], people_[i].camera)) << i;
}

TEST_F(ShardOverload, TellsTheControlPlane) {
  Run(Duration::Seconds(5), CostFor(1000));
  const router::ShardLoad* last = nullptr;
  for (const router::Event& event : harness_.events) {
    if (const auto* load = std::get_if<router::ShardLoad>(&event)) last = load;
  }
  ASSERT_NE(last, nullptr);
  EXPECT_TRUE(last->full);
  EXPECT_EQ(last->turn_us, static_cast<uint32_t>(router::LoadGovernor::kTurnMax.us()));
}

}  // namespace
}  // namespace conclave::sim
