// Lossy ways down, and the audio that comes through them: what the server sends again, and what a
// jitter buffer of a call's usual length misses then.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

// What NetEq settles on where copies come 20 to 60 ms late, and where they come 50 to 150 ms late.
constexpr Duration kPlayout = Duration::Millis(80);
constexpr Duration kBurstPlayout = Duration::Millis(160);
// Detection takes a few losses; the gates of the browser tests begin after 5 s too.
constexpr Duration kSettle = Duration::Seconds(5);
constexpr Duration kMeasure = Duration::Seconds(60);

class ShardAudioLoss : public ::testing::Test {
 protected:
  Joined View(const LinkQuality& downlink, bool camera = false, bool transport_cc = true,
              bool red = false) {
    JoinOptions talker;
    talker.camera = camera;
    talker_ = harness_.Join(talker);
    JoinOptions viewer;
    viewer.microphone = viewer.camera = false;
    viewer.transport_cc = transport_cc;
    viewer.red = red;
    viewer.downlink = downlink;
    const Joined joined = harness_.Join(viewer);
    harness_.world.RunFor(Duration::Seconds(1));
    harness_.media(talker_).track(talker_.microphone).set_level(20);
    harness_.world.RunFor(kSettle);
    return joined;
  }
  double Missed(const Joined& viewer, Duration playout = kPlayout) {
    harness_.media(viewer).RecordArrivals();
    copies_before_ = Copies();
    harness_.world.RunFor(kMeasure);
    return harness_.SlotOf(viewer, talker_.microphone)->MissedShare(playout);
  }
  const SlotReceiverStats& Slot(const Joined& viewer) {
    return harness_.SlotOf(viewer, talker_.microphone)->stats();
  }
  uint64_t Copies() { return harness_.world.shard().stats().audio_copies; }
  // Since Missed began; 50 packets a second are sent.
  double CopiesPerPacket() {
    return static_cast<double>(Copies() - copies_before_) / (50 * kMeasure.seconds());
  }

  ShardHarness harness_;
  Joined talker_;
  uint64_t copies_before_ = 0;
};

TEST_F(ShardAudioLoss, AGoodPathGetsNoCopies) {
  const Joined viewer = View({});
  EXPECT_EQ(Missed(viewer, Duration::Millis(20)), 0);
  EXPECT_EQ(Copies(), 0u);
}

TEST_F(ShardAudioLoss, APathThatOnlyReordersGetsNoCopies) {
  const Joined viewer = View({.jitter = Duration::Millis(30)});
  EXPECT_EQ(Missed(viewer), 0);
  EXPECT_EQ(Copies(), 0u);
}

TEST_F(ShardAudioLoss, OneCopyAtTenPercent) {
  const Joined viewer = View({.loss = 0.1});
  EXPECT_LE(Missed(viewer), 0.02);
  EXPECT_NEAR(CopiesPerPacket(), 1, 0.1);
}

TEST_F(ShardAudioLoss, TwoCopiesAtThirtyPercent) {
  const Joined viewer = View({.loss = 0.3});
  EXPECT_LE(Missed(viewer), 0.05);
  EXPECT_NEAR(CopiesPerPacket(), 2, 0.1);
}

// What a receiver that takes RED is spared: packets, and most of what a copy costs.
class ShardRed : public ShardAudioLoss {
 protected:
  Joined Take(const LinkQuality& downlink) { return View(downlink, false, true, true); }
  double BlocksPerPacket(const Joined& viewer, double missed_max) {
    const uint64_t before = Slot(viewer).redundant_frames;
    EXPECT_LE(Missed(viewer), missed_max);
    EXPECT_EQ(Slot(viewer).wrong_source, 0u);
    return static_cast<double>(Slot(viewer).redundant_frames - before) / (50 * kMeasure.seconds());
  }
};

TEST_F(ShardRed, AGoodPathGetsNoBlocks) {
  EXPECT_EQ(BlocksPerPacket(Take({}), 0), 0);
  EXPECT_EQ(Copies(), 0u);
}

TEST_F(ShardRed, OneBlockWhereOneIsEnough) {
  EXPECT_NEAR(BlocksPerPacket(Take({.loss = 0.07}), 0.01), 0.93, 0.05);
  EXPECT_LE(CopiesPerPacket(), 0.01);
}

// A jitter buffer does not wait for a second block, and not for one that comes after a burst.
TEST_F(ShardRed, CopiesWhereBlocksCameTooLate) {
  EXPECT_LE(BlocksPerPacket(Take({.loss = 0.3}), 0.05), 0.05);
  EXPECT_NEAR(CopiesPerPacket(), 2, 0.1);
}

TEST_F(ShardRed, CopiesWhereLossesComeInBursts) {
  const Joined viewer = Take({.loss = 0.1, .loss_burst = Duration::Millis(60)});
  EXPECT_LE(Missed(viewer, kBurstPlayout), 0.035);
  EXPECT_GE(CopiesPerPacket(), 1);
}

// Behind the last of a spell nothing comes that could carry it: it leaves again alone.
TEST_F(ShardRed, TheEndsOfSpellsAreCopies) {
  talker_ = harness_.Join({.camera = false, .pace = {.silence = Duration::Millis(400)}});
  const Joined viewer = harness_.Join({.microphone = false,
                                       .camera = false,
                                       .transport_cc = true,
                                       .red = true,
                                       .downlink = {.loss = 0.08}});
  harness_.world.RunFor(Duration::Seconds(1));
  FakeTrack& voice = harness_.media(talker_).track(talker_.microphone);
  voice.set_level(20);
  harness_.world.RunFor(kSettle);
  harness_.media(viewer).RecordArrivals();
  const uint64_t blocks_before = Slot(viewer).redundant_frames;
  const uint64_t copies_before = Copies();
  for (int spell = 0; spell < 40; ++spell) {
    voice.set_level(spell % 2 == 0 ? FakeTrack::kSilence : 20);
    harness_.world.RunFor(Duration::Seconds(1));
  }
  EXPECT_LE(harness_.SlotOf(viewer, talker_.microphone)->MissedShare(kPlayout), 0.04);
  EXPECT_GE(Slot(viewer).redundant_frames - blocks_before, 600u);
  EXPECT_GE(Copies() - copies_before, 40u);
  EXPECT_LE(Copies() - copies_before, 200u);
  EXPECT_EQ(Slot(viewer).wrong_source, 0u);
}

// One slot, two who take turns: what the first said is no block of what the second says.
TEST_F(ShardRed, NothingFromBeforeASwitch) {
  const Joined ana = harness_.Join({.camera = false});
  const Joined ben = harness_.Join({.camera = false});
  const Joined viewer = harness_.Join({.microphone = false,
                                       .camera = false,
                                       .audio_slots = 1,
                                       .transport_cc = true,
                                       .red = true,
                                       .downlink = {.loss = 0.08}});
  for (int turn = 0; turn < 30; ++turn) {
    const bool first = turn % 2 == 0;
    harness_.media(ana).track(ana.microphone).set_level(first ? 20 : FakeTrack::kSilence);
    harness_.media(ben).track(ben.microphone).set_level(first ? FakeTrack::kSilence : 20);
    harness_.world.RunFor(Duration::Seconds(2));
  }
  const SlotReceiver& slot = harness_.media(viewer).slots().front();
  EXPECT_GE(slot.stats().redundant_frames, 1000u);
  EXPECT_EQ(slot.stats().wrong_source, 0u);
}

TEST_F(ShardAudioLoss, TheSameBesideVideo) {
  const Joined viewer = View({.jitter = Duration::Millis(10), .loss = 0.3}, true);
  EXPECT_LE(Missed(viewer), 0.06);
}

TEST_F(ShardAudioLoss, BurstsGetMoreCopiesFurtherApart) {
  const Joined viewer = View({.loss = 0.1, .loss_burst = Duration::Millis(60)});
  EXPECT_LE(Missed(viewer, kBurstPlayout), 0.035);
  EXPECT_NEAR(CopiesPerPacket(), 1.8, 0.3);
}

TEST_F(ShardAudioLoss, BurstsAtThirtyPercent) {
  const Joined viewer = View({.loss = 0.3, .loss_burst = Duration::Millis(60)});
  EXPECT_LE(Missed(viewer, kBurstPlayout), 0.10);
}

// A receiver without transport feedback gets no copies by itself, but those that it asks for.
TEST_F(ShardAudioLoss, WhatIsAskedForIsSentAgainUnchanged) {
  talker_ = harness_.Join({.camera = false});
  const Joined viewer = harness_.Join(
      {.microphone = false, .camera = false, .audio_nack = true, .downlink = {.loss = 0.1}});
  harness_.world.RunFor(kSettle);
  EXPECT_LE(Missed(viewer, Duration::Millis(150)), 0.03);
  EXPECT_NEAR(CopiesPerPacket(), 0.1, 0.05);
}

// A pause of DTX stays a pause, and what is said in it and what follows gets its copies too; the
// stream has the source's packets, their content unchanged, and nothing else.
TEST_F(ShardAudioLoss, DtxStaysDtxThroughSlotAndCopies) {
  talker_ = harness_.Join({.camera = false, .pace = {.silence = Duration::Millis(400)}});
  const Joined viewer = harness_.Join(
      {.microphone = false, .camera = false, .transport_cc = true, .downlink = {.loss = 0.08}});
  harness_.world.RunFor(Duration::Seconds(1));
  FakeTrack& voice = harness_.media(talker_).track(talker_.microphone);
  voice.set_level(20);
  harness_.world.RunFor(kSettle);
  const SlotReceiver* slot = harness_.SlotOf(viewer, talker_.microphone);
  ASSERT_NE(slot, nullptr);
  const uint64_t sent_before = voice.packets_sent();
  const int64_t first = slot->highest_sequence();
  harness_.media(viewer).RecordArrivals();
  for (int spell = 0; spell < 20; ++spell) {
    voice.set_level(spell % 2 == 0 ? FakeTrack::kSilence : 20);
    harness_.world.RunFor(Duration::Seconds(2));
  }
  const auto sent = static_cast<double>(voice.packets_sent() - sent_before);
  EXPECT_LT(sent, 10 * 2 * 50 + 10 * 2 * 3) << "the talker pauses";
  EXPECT_NEAR(static_cast<double>(slot->highest_sequence() - first), sent, 3);
  EXPECT_LE(slot->MissedShare(kPlayout), 0.04);
  EXPECT_EQ(slot->stats().wrong_source, 0u);
  EXPECT_EQ(slot->stats().timestamp_errors, 0u);
}

TEST_F(ShardAudioLoss, LossThatEndsTakesTheCopiesOff) {
  const Joined viewer = View({.loss = 0.1});
  harness_.world.RunFor(Duration::Seconds(10));
  EXPECT_GT(Copies(), 300u);
  harness_.SetDownlink(viewer, {});
  harness_.world.RunFor(Duration::Seconds(30));
  const uint64_t before = Copies();
  harness_.world.RunFor(Duration::Seconds(10));
  EXPECT_EQ(Copies(), before);
}

// Copies would make the queue longer, or where there is none lose more of the voice itself: a full
// path loses because it is full. Now and then it is tried for some seconds.
TEST_F(ShardAudioLoss, AFullPathGetsNoCopies) {
  const Joined viewer = View({.capacity = DataRate::Kbps(45), .queue = Duration::Millis(200)});
  Missed(viewer);
  EXPECT_LE(CopiesPerPacket(), 0.35);
}

TEST_F(ShardAudioLoss, NorDoesOneWithoutAQueue) {
  const Joined viewer = View({.capacity = DataRate::Kbps(45), .queue = Duration::Millis(10)});
  Missed(viewer);
  EXPECT_LE(CopiesPerPacket(), 0.35);
}

}  // namespace
}  // namespace conclave::sim
