#include "router/slot.h"

#include <gtest/gtest.h>

#include "router/test_media.h"

namespace conclave::router {
namespace {

using testing::CameraConfig;
using testing::SourcePacket;
using testing::VideoSlotConfig;

constexpr TrackId kA(11);
constexpr TrackId kB(12);

class SlotTest : public ::testing::Test {
 protected:
  SlotTest() { egress_.Open(); }

  Slot::Outgoing Feed(Slot& slot, TrackId track, uint8_t layer, int64_t sequence, bool key) {
    now_ = now_ + Duration::Millis(33);
    Slot::Outgoing out = slot.Next(now_, SourcePacket(pool_, track, layer, sequence, key));
    if (out.action == Slot::Action::kMedia) slot.OnSent(media::SlotPacket(out.sent));
    return out;
  }
  Slot::Outgoing Discard(Slot& slot, TrackId track, uint8_t layer, int64_t sequence) {
    return slot.Discard(now_, SourcePacket(pool_, track, layer, sequence, false));
  }
  bool Sent(const Slot::Outgoing& out) { return out.action == Slot::Action::kMedia; }

  Instant now_ = Instant::FromMicros(1'000'000);
  SeededRandom random_{1};
  media::HistoryPool histories_;
  media::PacketPool pool_{256};
  SendOrder order_;
  TouchedParticipants touched_;
  media::PublisherClock clock_;
  Egress egress_{ParticipantIndex(0), order_};
  SourceTrack a_{CameraConfig(kA, 2), ParticipantIndex(1), clock_, touched_};
  SourceTrack b_{CameraConfig(kB), ParticipantIndex(2), clock_, touched_};
  Slot slot_{VideoSlotConfig(1), 0, egress_, histories_, random_};
};

TEST_F(SlotTest, BeginsWithAKeyFrameAndAsksForOne) {
  slot_.Assign(now_, &a_, 0);
  EXPECT_TRUE(a_.layer(0).pli_due);
  EXPECT_EQ(a_.layer(0).subscriptions.size(), 1u);
  EXPECT_FALSE(Sent(Feed(slot_, kA, 0, 1, false)));
  EXPECT_TRUE(Sent(Feed(slot_, kA, 0, 2, true)));
  EXPECT_TRUE(Sent(Feed(slot_, kA, 0, 3, false)));
}

TEST_F(SlotTest, ASwitchKeepsTheOldLayerUntilTheNewOnesKeyFrame) {
  slot_.Assign(now_, &a_, 0);
  const int64_t first = Feed(slot_, kA, 0, 1, true).sent.header.index;
  slot_.Assign(now_, &a_, 1);
  EXPECT_EQ(a_.layer(0).subscriptions.size(), 1u);
  EXPECT_EQ(a_.layer(1).subscriptions.size(), 1u);
  EXPECT_FALSE(Sent(Feed(slot_, kA, 1, 500, false)));
  EXPECT_TRUE(Sent(Feed(slot_, kA, 0, 2, false)));
  const Slot::Outgoing switched = Feed(slot_, kA, 1, 501, true);
  ASSERT_TRUE(Sent(switched));
  EXPECT_EQ(switched.sent.header.index, first + 2) << "contiguous over the switch";
  EXPECT_TRUE(a_.layer(0).subscriptions.empty()) << "the old layer costs nothing any more";
  EXPECT_FALSE(Sent(Feed(slot_, kA, 0, 3, false)));
}

TEST_F(SlotTest, ThePayloadTypeIsTheReceiversAndAForeignCodecIsNotSent) {
  SlotConfig config = VideoSlotConfig(2);
  config.codecs = {{CodecName::kVp9, 98, 0, ""}};
  Slot vp9_only(config, 1, egress_, histories_, random_);
  vp9_only.Assign(now_, &a_, 0);
  EXPECT_FALSE(Sent(Feed(vp9_only, kA, 0, 1, true)));
  const auto told = vp9_only.TakeAssignment();
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->track, kA);
  EXPECT_TRUE(told->paused);

  slot_.Assign(now_, &a_, 0);
  EXPECT_EQ(Feed(slot_, kA, 0, 1, true).sent.payload_type, 120);
}

TEST_F(SlotTest, TheClientIsToldAtTheSwitchAndOnlyOfChanges) {
  EXPECT_FALSE(slot_.TakeAssignment().has_value());
  slot_.Assign(now_, &a_, 0);
  auto told = slot_.TakeAssignment();
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->track, kA);
  EXPECT_FALSE(told->paused);
  EXPECT_EQ(told->capture_time, Instant());
  const Slot::Outgoing first = Feed(slot_, kA, 0, 1, true);
  told = slot_.TakeAssignment();
  ASSERT_TRUE(told.has_value()) << "now it is known from which timestamp on";
  EXPECT_EQ(told->rtp_timestamp, first.sent.header.timestamp);
  // The next track: the old one goes on, so the client is not told yet.
  slot_.Assign(now_, &b_, 0);
  EXPECT_TRUE(Sent(Feed(slot_, kA, 0, 2, false)));
  EXPECT_FALSE(slot_.TakeAssignment().has_value());
  EXPECT_TRUE(Sent(Feed(slot_, kB, 0, 9, true)));
  told = slot_.TakeAssignment();
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->track, kB);
}

TEST_F(SlotTest, CaptureTimeIsToldOnceTheSenderReportIsThere) {
  slot_.Assign(now_, &a_, 0);
  Feed(slot_, kA, 0, 1, true);
  slot_.TakeAssignment();
  // 65536 + 3000 x 2 is the timestamp of packet 2: captured as the report says.
  clock_.OnSenderReport(now_, media::NtpFromMicros(5'000'000));
  a_.layer(0).clock->OnSenderReport(media::NtpFromMicros(5'000'000), 65536 + 6000);
  const Instant reported = now_;
  const Slot::Outgoing second = Feed(slot_, kA, 0, 2, false);
  const auto told = slot_.TakeAssignment();
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->capture_time, reported);
  EXPECT_EQ(told->rtp_timestamp, second.sent.header.timestamp);
  Feed(slot_, kA, 0, 3, false);
  EXPECT_FALSE(slot_.TakeAssignment().has_value()) << "once is enough";
}

TEST_F(SlotTest, AReplacedTrackIsCutOffWhereItsSuccessorIsLate) {
  slot_.Assign(now_, &a_, 0);
  Feed(slot_, kA, 0, 1, true);
  slot_.Assign(now_, &b_, 0);
  slot_.CutLateSwitch(now_ + Slot::kSwitchMax - Duration::Millis(1));
  EXPECT_TRUE(Sent(Feed(slot_, kA, 0, 2, false)));
  slot_.CutLateSwitch(now_ + Slot::kSwitchMax);
  EXPECT_FALSE(Sent(Feed(slot_, kA, 0, 3, false)));
  EXPECT_TRUE(a_.layer(0).subscriptions.empty());
  EXPECT_TRUE(Sent(Feed(slot_, kB, 0, 1, true)));
}

TEST_F(SlotTest, PaddingOfTheSourceLeavesNoGap) {
  slot_.Assign(now_, &a_, 0);
  const int64_t first = Feed(slot_, kA, 0, 1, true).sent.header.index;
  media::PacketRef padding = SourcePacket(pool_, kA, 0, 2, false);
  padding->info.payload_bytes = 0;
  padding->info.picture = {};
  EXPECT_EQ(slot_.Next(now_, padding).action, Slot::Action::kNothing);
  EXPECT_EQ(Feed(slot_, kA, 0, 3, false).sent.header.index, first + 1);
}

// What a key frame made needless closes its numbers; what it needs goes with it.
TEST_F(SlotTest, WhatIsDiscardedLeavesNoGapAndTakesWhatNeedsItAlong) {
  slot_.Assign(now_, &a_, 0);
  const int64_t first = Feed(slot_, kA, 0, 1, true).sent.header.index;
  EXPECT_FALSE(Sent(Discard(slot_, kA, 0, 2)));
  EXPECT_FALSE(Sent(Discard(slot_, kA, 0, 3)));
  a_.layer(0).pli_due = false;
  a_.layer(0).keyframes.OnKeyFrame();
  now_ = now_ + Duration::Seconds(1);
  EXPECT_FALSE(Sent(Feed(slot_, kA, 0, 4, false))) << "it refers to what was left out";
  EXPECT_TRUE(a_.layer(0).pli_due);
  const Slot::Outgoing key = Feed(slot_, kA, 0, 5, true);
  ASSERT_TRUE(Sent(key));
  EXPECT_EQ(key.sent.header.index, first + 1);
  EXPECT_FALSE(Sent(Feed(slot_, kA, 0, 2, false))) << "a late piece of what was left out";
  EXPECT_TRUE(Sent(Feed(slot_, kA, 0, 6, false)));
}

TEST_F(SlotTest, ALatePacketOfAFrameThatHasBegunToLeaveIsSentAllTheSame) {
  slot_.Assign(now_, &a_, 0);
  const int64_t first = Feed(slot_, kA, 0, 1, true).sent.header.index;
  EXPECT_TRUE(Sent(Feed(slot_, kA, 0, 3, false)));
  const Slot::Outgoing late = Discard(slot_, kA, 0, 2);
  ASSERT_TRUE(Sent(late));
  EXPECT_EQ(late.sent.header.index, first + 1);
}

TEST_F(SlotTest, NacksAreAnsweredWithWhatWasSentAndOnlyOnceInARoundTrip) {
  slot_.Assign(now_, &a_, 0);
  const uint16_t sequence = Feed(slot_, kA, 0, 1, true).sent.header.sequence();
  uint8_t payload_type = 0;
  const Duration rtt = Duration::Millis(50);
  const std::optional<media::SlotPacket> sent =
      slot_.TakeForResend(now_, sequence, rtt, payload_type);
  ASSERT_TRUE(sent);
  EXPECT_EQ(payload_type, 121);
  EXPECT_EQ(sent->source->info.sequence, 65537);
  EXPECT_FALSE(slot_.TakeForResend(now_, sequence, rtt, payload_type));
  EXPECT_TRUE(slot_.TakeForResend(now_ + rtt, sequence, rtt, payload_type));
  EXPECT_FALSE(slot_.TakeForResend(now_, static_cast<uint16_t>(sequence + 1), rtt, payload_type));
}

TEST_F(SlotTest, WithoutRtxNothingIsKeptAndNothingSentAgain) {
  SlotConfig config = VideoSlotConfig(3);
  config.codecs[0].rtx_payload_type = 0;
  Slot slot(config, 2, egress_, histories_, random_);
  slot.Assign(now_, &a_, 0);
  const Slot::Outgoing out = Feed(slot, kA, 0, 1, true);
  ASSERT_TRUE(Sent(out));
  EXPECT_FALSE(slot.holds_history());
  uint8_t payload_type = 0;
  EXPECT_FALSE(slot.TakeForResend(now_, out.sent.header.sequence(), Duration(), payload_type));
}

TEST_F(SlotTest, ATrackThatGoesLeavesNothingBehind) {
  slot_.Assign(now_, &a_, 0);
  Feed(slot_, kA, 0, 1, true);
  slot_.Assign(now_, &a_, 1);
  slot_.TakeAssignment();
  slot_.Forget(now_, a_);
  EXPECT_TRUE(a_.layer(0).subscriptions.empty());
  EXPECT_TRUE(a_.layer(1).subscriptions.empty());
  EXPECT_EQ(slot_.assigned(), nullptr);
  const auto told = slot_.TakeAssignment();
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->track, TrackId());
}

TEST_F(SlotTest, ThePacketsOfAPausedTrackDoNotPass) {
  slot_.Assign(now_, &a_, 0);
  Feed(slot_, kA, 0, 1, true);
  slot_.TakeAssignment();
  slot_.Assign(now_, &a_, std::nullopt);
  EXPECT_FALSE(Sent(Feed(slot_, kA, 0, 2, true)));
  const auto told = slot_.TakeAssignment();
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->track, kA);
  EXPECT_TRUE(told->paused);
}

}  // namespace
}  // namespace conclave::router
