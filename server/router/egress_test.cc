#include "router/egress.h"

#include <gtest/gtest.h>

namespace conclave::router {
namespace {

constexpr auto kAudio = Egress::Priority::kAudio;
constexpr auto kRetransmission = Egress::Priority::kRetransmission;
constexpr auto kVideo = Egress::Priority::kVideo;

TEST(Egress, SendsVoiceBeforeRepairsBeforePictures) {
  SendOrder order;
  Egress egress(ParticipantIndex(1), order);
  egress.Open();
  egress.Push(kVideo, {{}, 3, 0});
  egress.Push(kRetransmission, {{}, 2, 0});
  egress.Push(kAudio, {{}, 1, 0});
  egress.Push(kVideo, {{}, 4, 0});
  std::vector<int> slots;
  while (const auto next = egress.Next()) {
    slots.push_back(egress.Front(*next).slot);
    egress.Pop(*next);
  }
  EXPECT_EQ(slots, (std::vector<int>{1, 2, 3, 4}));
}

TEST(Egress, IsListedOnceUntilDrained) {
  SendOrder order;
  Egress first(ParticipantIndex(1), order);
  Egress second(ParticipantIndex(2), order);
  first.Open();
  second.Open();
  first.Push(kVideo, {});
  second.Push(kVideo, {});
  first.Push(kAudio, {});
  EXPECT_EQ(order.front(), ParticipantIndex(1));
  order.Pop();
  EXPECT_EQ(order.front(), ParticipantIndex(2));
  order.Pop();
  EXPECT_TRUE(order.empty());
  first.Drained();
  first.Push(kAudio, {});
  EXPECT_EQ(order.front(), ParticipantIndex(1));
}

TEST(SendOrder, WhoComesDuringAPassLeavesWithTheNextOne) {
  SendOrder order;
  order.Add(ParticipantIndex(1));
  order.Add(ParticipantIndex(2));
  order.BeginPass();
  order.Pop();
  order.Add(ParticipantIndex(3));
  EXPECT_FALSE(order.pass_done());
  EXPECT_EQ(order.front(), ParticipantIndex(2));
  order.Pop();
  EXPECT_TRUE(order.pass_done());
  EXPECT_FALSE(order.empty());
  order.BeginPass();
  EXPECT_EQ(order.front(), ParticipantIndex(3));
  order.Pop();
  EXPECT_TRUE(order.pass_done());
  EXPECT_TRUE(order.empty());
}

TEST(SendOrder, KeepsItsOrderWhereSomethingAlwaysWaits) {
  SendOrder order;
  order.Add(ParticipantIndex(0));
  for (uint32_t i = 1; i < 10'000; ++i) {
    order.Add(ParticipantIndex(i));
    if (order.pass_done()) order.BeginPass();
    ASSERT_EQ(order.front(), ParticipantIndex(i - 1));
    order.Pop();
    ASSERT_EQ(order.Peek(0), ParticipantIndex(i));
    ASSERT_EQ(order.Peek(1), std::nullopt);
  }
}
TEST(Egress, HoldsNothingWhileItIsClosedAndIsBounded) {
  SendOrder order;
  media::PacketPool pool(4);
  Egress egress(ParticipantIndex(1), order);
  egress.Push(kVideo, {*pool.Allocate(), 0, 0});
  EXPECT_EQ(pool.in_use(), 0u);
  EXPECT_TRUE(order.empty());
  egress.Open();
  egress.Push(kVideo, {*pool.Allocate(), 0, 0});
  EXPECT_EQ(pool.in_use(), 1u);
  egress.Close();
  EXPECT_EQ(pool.in_use(), 0u);
  EXPECT_FALSE(egress.Next().has_value());
  egress.Open();
  for (size_t i = 0; i < Egress::kEntriesMax + 5; ++i) egress.Push(kVideo, {});
  EXPECT_EQ(egress.dropped(), 5u);
}

// A queue of video: who sent which frame in how many packets.
class EgressVideo : public ::testing::Test {
 protected:
  static constexpr uint32_t kOld = 1;
  static constexpr uint32_t kNew = 2;

  EgressVideo() { egress_.Open(); }
  void Frame(uint16_t slot, uint32_t track, int64_t timestamp, int packets, bool key = false) {
    for (int i = 0; i < packets; ++i) {
      const media::PacketRef packet = *pool_.Allocate();
      newest_ = &*packet;
      packet->info.sequence = ++sequence_;
      packet->size_bytes = 1000;
      packet->info.track = TrackId(track);
      packet->info.timestamp = timestamp;
      packet->info.arrival = Instant::FromMicros(timestamp);
      packet->info.frame = {.key_frame = key && i == 0, .frame_start = i == 0};
      egress_.Push(kVideo, {packet, slot, 0});
    }
  }
  // Timestamps of what is left for a slot, without repeats.
  std::vector<int64_t> Left(uint16_t slot) {
    std::vector<int64_t> left;
    for (; egress_.Next(); egress_.Pop(kVideo)) {
      const EgressEntry& entry = egress_.Front(kVideo);
      const int64_t timestamp = entry.packet->info.timestamp;
      if (entry.slot != slot || entry.skip) continue;
      if (left.empty() || left.back() != timestamp) left.push_back(timestamp);
    }
    return left;
  }
  void Supersede(int64_t finish_bytes = 1 << 20) {
    egress_.SkipSuperseded(finish_bytes, [](uint16_t, const media::PacketInfo& info) {
      return info.track == TrackId(kNew);
    });
  }

  SendOrder order_;
  media::PacketPool pool_{4096};
  media::Packet* newest_ = nullptr;
  int64_t sequence_ = 0;
  Egress egress_{ParticipantIndex(1), order_};
};

TEST_F(EgressVideo, AKeyFrameMakesWhatItsSlotHasBeforeItNeedless) {
  for (int i = 1; i <= 4; ++i) {
    Frame(0, kOld, i * 10, 3);
    Frame(1, kOld, i * 10 + 1, 1);
  }
  Frame(0, kOld, 50, 3, true);
  Frame(0, kOld, 60, 1);
  EXPECT_EQ(egress_.queued_bytes(), 20 * (1000 + Egress::kOverheadBytes));
  ASSERT_TRUE(egress_.has_new_key_frame());
  Supersede();
  EXPECT_FALSE(egress_.has_new_key_frame());
  EXPECT_EQ(egress_.queued_bytes(), 11 * (1000 + Egress::kOverheadBytes));
  EXPECT_EQ(Left(0), (std::vector<int64_t>{10, 50, 60})) << "the first may have begun to leave";
  EXPECT_EQ(egress_.queued_bytes(), 0);
}

TEST_F(EgressVideo, KnowsTheLargestOfWhatComesBehindInItsFrame) {
  for (const uint16_t bytes : std::initializer_list<uint16_t>{900, 901, 903, 902}) {
    Frame(0, kOld, 10, 1);
    newest_->info.payload_bytes = bytes;
  }
  Frame(0, kOld, 20, 1);
  newest_->info.payload_bytes = 1100;
  Egress::Frame seen;
  for (const size_t largest : {903u, 903u, 902u, 0u}) {
    EXPECT_EQ(egress_.LargestBehind(seen), largest);
    egress_.Pop(kVideo);
  }
  EXPECT_EQ(egress_.LargestBehind(seen), 0u) << "of another frame, which has just begun";
}

TEST_F(EgressVideo, LooksOnWhereAFrameIsLongerThanItSeesAtOnce) {
  for (int i = 0; i < 100; ++i) {
    Frame(0, kOld, 10, 1);
    newest_->info.payload_bytes = static_cast<uint16_t>(1000 + i % 50);
  }
  Egress::Frame seen;
  size_t zeros = 0;
  for (int i = 0; i < 100; ++i) {
    const size_t largest = egress_.LargestBehind(seen);
    EXPECT_LE(largest, 1049u);
    zeros += largest == 0 ? 1 : 0;
    egress_.Pop(kVideo);
  }
  EXPECT_EQ(zeros, 1u);
}

TEST_F(EgressVideo, AKeyFrameThatCameLateTakesNothingAway) {
  Frame(0, kNew, 10, 1);
  Frame(0, kNew, 20, 2);
  Frame(0, kNew, 30, 1, true);
  newest_->info.sequence = 0;
  Supersede();
  EXPECT_EQ(Left(0), (std::vector<int64_t>{10, 20, 30}));
}

TEST_F(EgressVideo, OtherSlotsKeepTheirs) {
  Frame(1, kOld, 10, 1);
  Frame(1, kOld, 20, 1);
  Frame(0, kOld, 30, 1, true);
  Supersede();
  EXPECT_EQ(Left(1), (std::vector<int64_t>{10, 20}));
}

TEST_F(EgressVideo, TheKeyFrameOfWhatReplacesASourceEndsTheOldOne) {
  Frame(0, kOld, 10, 2);
  Frame(0, kOld, 20, 2);
  Frame(0, kNew, 30, 2, true);
  Frame(0, kOld, 31, 2);
  Supersede();
  EXPECT_EQ(Left(0), (std::vector<int64_t>{10, 30, 31}));
}

TEST_F(EgressVideo, AKeyFrameDoesNotWaitForMuchOfTheFrameBeforeIt) {
  for (const int packets : {2, 3}) {
    Frame(0, kOld, 10, packets);
    Frame(1, kOld, 11, 5);
    Frame(0, kNew, 30, 2, true);
    Supersede(2 * (1000 + Egress::kOverheadBytes));
    const auto left = packets == 2 ? std::vector<int64_t>{10, 30} : std::vector<int64_t>{30};
    EXPECT_EQ(Left(0), left);
  }
}

// Whoever joins asks for one; who has a narrow path is to see a picture nevertheless.
TEST_F(EgressVideo, KeyFramesDoNotKeepEachOtherFromLeaving) {
  Frame(0, kNew, 10, 9, true);
  Frame(0, kNew, 20, 1);
  Frame(0, kNew, 30, 9, true);
  Supersede(0);
  EXPECT_EQ(Left(0), (std::vector<int64_t>{10, 30}));
}

TEST_F(EgressVideo, AKeyFrameOfTheOldSourceDoesNotTakeTheNewOnesAway) {
  Frame(0, kOld, 10, 1);
  Frame(0, kOld, 20, 1);
  Frame(0, kNew, 30, 1, true);
  Frame(0, kOld, 40, 1, true);
  Supersede();
  EXPECT_EQ(Left(0), (std::vector<int64_t>{10, 30, 40}));
}

TEST_F(EgressVideo, WhatDoesNotFitMakesAllVideoWorthless) {
  for (size_t i = 0; i < Egress::kEntriesMax; ++i) Frame(3, kOld, 10, 1);
  EXPECT_FALSE(egress_.TakeOverflow());
  egress_.Push(kAudio, {});
  Frame(4, kOld, 20, 1);
  ASSERT_TRUE(egress_.TakeOverflow());
  size_t dropped = 0;
  egress_.ClearVideo([&](uint16_t slot) { dropped += slot == 3 ? 1 : 0; });
  EXPECT_EQ(dropped, Egress::kEntriesMax);
  EXPECT_EQ(egress_.Next(), kAudio) << "never audio";
  EXPECT_EQ(pool_.in_use(), 0u);
  EXPECT_EQ(egress_.queued_bytes(), 0);
}

TEST_F(EgressVideo, TheOldestVideoTellsHowLongItWaits) {
  EXPECT_EQ(egress_.oldest_video(), Instant::Never());
  Frame(0, kOld, 10, 1);
  Frame(0, kOld, 20, 1);
  EXPECT_EQ(egress_.oldest_video(), Instant::FromMicros(10));
}

}  // namespace
}  // namespace conclave::router
