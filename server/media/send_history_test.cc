#include "media/send_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "media/test_support.h"

namespace conclave::media {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration kRtt = Duration::Millis(50);

class SendHistoryTest : public testing::Test {
 protected:
  void Send(int64_t ms, int64_t index, bool key_frame = false) {
    SlotPacket packet;
    packet.source = *pool_.Allocate();
    packet.source->info.frame.key_frame = key_frame;
    packet.source->info.sequence = 1000 + index;
    packet.header.index = index;
    packet.sent_at = AtMs(ms);
    history_.Insert(std::move(packet));
  }
  bool Take(int64_t ms, uint16_t sequence, Duration rtt = kRtt) {
    return history_.TakeForResend(AtMs(ms), sequence, rtt).has_value();
  }
  std::vector<uint16_t> FromKeyFrame(int64_t ms) {
    std::vector<uint16_t> list;
    history_.ListFromKeyFrame(AtMs(ms), list);
    return list;
  }

  PacketPool pool_{4096};
  HistoryPool chunks_;
  SendHistory history_{chunks_};
};

TEST_F(SendHistoryTest, FindsWhatWasSentWithAllThatRebuildsIt) {
  SlotPacket sent;
  sent.source = *pool_.Allocate();
  sent.header = {65536 + 7, 123, 45, 6};
  sent.payload_type = 96;
  sent.marker = true;
  sent.descriptor = {.frame_number = 77, .template_shift = 5, .active_targets = 0x80000001};
  sent.sent_at = AtMs(1);
  const PacketRef source = sent.source;
  history_.Insert(std::move(sent));
  const std::optional<SlotPacket> found = history_.TakeForResend(AtMs(2), 7, kRtt);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->source, source);
  EXPECT_EQ(found->header, (SlotHeader{65536 + 7, 123, 45, 6}));
  EXPECT_EQ(found->payload_type, 96);
  EXPECT_TRUE(found->marker);
  EXPECT_EQ(found->descriptor, (wire::DescriptorRewrite{77, 5, 0x80000001}));
  EXPECT_EQ(found->sent_at, AtMs(1));
}

TEST_F(SendHistoryTest, KnowsNothingThatWasNotSent) {
  EXPECT_FALSE(Take(0, 5));
  Send(0, 5);
  Send(0, 8);
  EXPECT_FALSE(Take(1, 4));
  EXPECT_FALSE(Take(1, 6));
  EXPECT_FALSE(Take(1, 9));
  EXPECT_FALSE(Take(1, static_cast<uint16_t>(5 + 32768)));
  EXPECT_TRUE(Take(1, 5));
}

TEST_F(SendHistoryTest, RepeatsNoFasterThanTheRoundTrip) {
  Send(0, 5);
  EXPECT_TRUE(Take(1, 5));
  EXPECT_FALSE(Take(2, 5));
  EXPECT_FALSE(Take(50, 5));
  EXPECT_TRUE(Take(51, 5));
  EXPECT_FALSE(Take(60, 5, Duration()));
  EXPECT_TRUE(Take(61, 5, Duration()));
}

TEST_F(SendHistoryTest, LetsGoAfterASecond) {
  Send(0, 5);
  EXPECT_FALSE(Take(1001, 5));
  EXPECT_EQ(pool_.in_use(), 1u);
  history_.Expire(AtMs(1001));
  EXPECT_EQ(pool_.in_use(), 0u);
  EXPECT_EQ(history_.size(), 0u);
}

TEST_F(SendHistoryTest, KeepsTheNewestKeyFrameOnwardForTwoSeconds) {
  Send(0, 4);
  Send(100, 5, true);
  Send(110, 6);
  Send(1900, 7);
  EXPECT_THAT(FromKeyFrame(1900), ElementsAre(5, 6, 7));
  EXPECT_FALSE(Take(1900, 4));
  EXPECT_TRUE(Take(1900, 5));
  history_.Expire(AtMs(1900));
  EXPECT_EQ(history_.size(), 3u);
  EXPECT_FALSE(history_.HasKeyFrame(AtMs(2101)));
  EXPECT_THAT(FromKeyFrame(2101), IsEmpty());
}

TEST_F(SendHistoryTest, ANewKeyFrameTakesTheOldOnesPlace) {
  Send(0, 1, true);
  Send(900, 2, true);
  EXPECT_THAT(FromKeyFrame(950), ElementsAre(2));
  EXPECT_FALSE(Take(1500, 1));
  // A late one does not.
  Send(1000, 4);
  Send(1010, 0, true);
  EXPECT_THAT(FromKeyFrame(1020), ElementsAre(2, 4));
}

TEST_F(SendHistoryTest, PaddingIsNotSentAgain) {
  Send(0, 1, true);
  SlotPacket padding;
  padding.header.index = 2;
  padding.sent_at = AtMs(1);
  history_.Insert(std::move(padding));
  Send(2, 3);
  EXPECT_FALSE(Take(3, 2));
  EXPECT_THAT(FromKeyFrame(3), ElementsAre(1, 3));
}

TEST_F(SendHistoryTest, HoldsNoMoreThanItsLimit) {
  for (int i = 0; i < 3000; ++i) Send(0, i);
  EXPECT_EQ(history_.size(), SendHistory::kPacketsMax);
  EXPECT_EQ(pool_.in_use(), SendHistory::kPacketsMax);
  EXPECT_FALSE(Take(1, 3000 - 1024 - 1));
  EXPECT_TRUE(Take(1, 3000 - 1024));
  EXPECT_TRUE(Take(1, 2999));
  // Too old to have a place.
  Send(0, 1000);
  EXPECT_FALSE(Take(1, 1000));
}

TEST_F(SendHistoryTest, GivesUpItsOldestWhenThePoolIsExhausted) {
  for (int i = 0; i < 100; ++i) Send(i, i);
  history_.DropBefore(AtMs(60));
  EXPECT_EQ(pool_.in_use(), 40u);
  EXPECT_FALSE(Take(100, 59));
  EXPECT_TRUE(Take(100, 60));
}

// Against a plain map, with holes, late packets, pauses and wraps.
TEST_F(SendHistoryTest, AgreesWithAMapUnderLossAndReordering) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    history_ = SendHistory(chunks_);
    std::map<int64_t, int64_t> sent_ms;
    std::map<int64_t, int64_t> resent_ms;
    int64_t newest = Below(random, 65536);
    int64_t ms = 0;
    for (int i = 0; i < 5000; ++i) {
      ms += Chance(random, 1) ? Below(random, 3000) : Below(random, 10);
      newest += 1 + (Chance(random, 5) ? Below(random, 20) : 0);
      const int64_t index = Chance(random, 5) ? std::max<int64_t>(newest - 30, 0) : newest;
      if (!sent_ms.emplace(index, ms).second) continue;
      Send(ms, index);
      const int64_t asked = std::max<int64_t>(newest - Below(random, 300), 0);
      const auto sent = sent_ms.find(asked);
      const auto resent = resent_ms.find(asked);
      const bool expected = sent != sent_ms.end() && ms - sent->second <= 1000 &&
                            (resent == resent_ms.end() || ms - resent->second >= 10);
      ASSERT_EQ(Take(ms, static_cast<uint16_t>(asked), Duration()), expected) << asked;
      if (expected) resent_ms[asked] = ms;
    }
    ASSERT_LE(history_.size(), SendHistory::kPacketsMax);
  }
  history_ = SendHistory(chunks_);
  EXPECT_EQ(pool_.in_use(), 0u);
  EXPECT_EQ(chunks_.in_use(), 0u);
}

TEST_F(SendHistoryTest, TakesMemoryForWhatItHoldsAndGivesItBack) {
  constexpr size_t kFull = 1000 / kHistoryChunkRecords;
  for (int i = 0; i < 1000; ++i) Send(i, i);
  EXPECT_LE(chunks_.in_use(), kFull + 1);
  Send(1990, 1000);
  EXPECT_LE(chunks_.in_use(), 3u);
  history_.Expire(AtMs(5000));
  EXPECT_EQ(chunks_.in_use(), 0u);
}

TEST_F(SendHistoryTest, HistoriesShareTheirMemoryAndTheShardGivesItBack) {
  for (int i = 0; i < 1000; ++i) Send(i, i);
  SendHistory other = std::move(history_);
  history_ = SendHistory(chunks_);
  for (int i = 0; i < 1000; ++i) Send(i, i);
  const size_t both = chunks_.in_use();
  other = SendHistory(chunks_);
  // What one has given back the other one takes.
  EXPECT_EQ(chunks_.in_use(), both / 2);
  EXPECT_EQ(chunks_.spare(), both / 2);
  history_ = SendHistory(chunks_);
  EXPECT_EQ(chunks_.spare(), both);
  chunks_.Trim();
  EXPECT_LT(chunks_.spare(), both / 3);
  const size_t spare = chunks_.spare();
  Send(6000, 1001);
  EXPECT_TRUE(Take(6001, 1001));
  EXPECT_EQ(chunks_.spare(), spare - 1);
}

TEST_F(SendHistoryTest, AProbeTakesTheNewestThatWasNotSentAgain) {
  for (int64_t i = 0; i < 4; ++i) Send(i, i);
  ASSERT_TRUE(Take(10, 3));
  for (const int expected : {2, 1, 0}) {
    const std::optional<SlotPacket> packet = history_.TakeForProbe(AtMs(11), 1200);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->header.sequence(), expected);
  }
  EXPECT_FALSE(history_.TakeForProbe(AtMs(12), 1200));
  EXPECT_FALSE(Take(13, 2)) << "it is on its way already";
  EXPECT_TRUE(Take(12 + 50, 2));
}

TEST_F(SendHistoryTest, AProbeTakesNothingThatIsTooLargeOrTooOld) {
  SlotPacket packet;
  packet.source = *pool_.Allocate();
  packet.source->info.payload_bytes = 900;
  packet.sent_at = AtMs(1);
  history_.Insert(std::move(packet));
  EXPECT_FALSE(history_.TakeForProbe(AtMs(2), 899));
  EXPECT_FALSE(history_.TakeForProbe(AtMs(3000), 1200));
  EXPECT_FALSE(SendHistory(chunks_).TakeForProbe(AtMs(2), 1200));
}

}  // namespace
}  // namespace conclave::media
