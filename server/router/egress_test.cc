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
  while (const EgressEntry* entry = egress.Front()) {
    slots.push_back(entry->slot);
    egress.Pop();
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
  EXPECT_EQ(egress.Front(), nullptr);
  egress.Open();
  for (size_t i = 0; i < Egress::kEntriesMax + 5; ++i) egress.Push(kVideo, {});
  EXPECT_EQ(egress.dropped(), 5u);
}

}  // namespace
}  // namespace conclave::router
