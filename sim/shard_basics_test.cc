// People in a room of one shard: what reaches whom, and how it looks at the receiving end.
#include <gtest/gtest.h>

#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

constexpr Duration kSetUp = Duration::Seconds(1);

void ExpectClean(const SlotReceiver& slot) {
  EXPECT_EQ(slot.stats().broken_frames, 0u);
  EXPECT_EQ(slot.stats().wrong_source, 0u);
  EXPECT_EQ(slot.stats().timestamp_errors, 0u);
  EXPECT_EQ(slot.stats().abandoned, 0u);
}

TEST(Shard, AudioAndVideoReachTheOtherAndNobodyHearsThemselves) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join();
  harness.world.RunFor(Duration::Seconds(3));
  ASSERT_TRUE(harness.media(a).connected());
  ASSERT_TRUE(harness.media(b).connected());
  for (const auto& [receiver, sender] : {std::pair(a, b), std::pair(b, a)}) {
    const SlotReceiver* audio = harness.SlotOf(receiver, sender.microphone);
    const SlotReceiver* video = harness.SlotOf(receiver, sender.camera);
    ASSERT_NE(audio, nullptr);
    ASSERT_NE(video, nullptr);
    EXPECT_GT(audio->stats().frames_decoded, 100u);
    EXPECT_GT(video->stats().frames_decoded, 20u);
    EXPECT_EQ(video->current_track(), sender.camera);
    ExpectClean(*audio);
    ExpectClean(*video);
    EXPECT_EQ(harness.SlotOf(receiver, receiver.camera), nullptr);
    EXPECT_EQ(harness.SlotOf(receiver, receiver.microphone), nullptr);
    EXPECT_EQ(harness.media(receiver).stats().foreign_packets, 0u);
    EXPECT_EQ(harness.media(receiver).stats().unparsed, 0u);
  }
  EXPECT_EQ(harness.world.shard().stats().dropped_malformed, 0u);
  EXPECT_EQ(harness.world.shard().stats().dropped_authentication, 0u);
}

TEST(Shard, ALateJoinerSeesAPictureWithinASecond) {
  ShardHarness harness;
  const Joined a = harness.Join();
  harness.world.RunFor(Duration::Seconds(10));
  const Joined late = harness.Join({.camera = false});
  harness.world.RunFor(Duration::Seconds(2));
  const SlotReceiver* video = harness.SlotOf(late, a.camera);
  ASSERT_NE(video, nullptr);
  EXPECT_LT(video->stats().first_frame - harness.media(late).connected_at(), Duration::Millis(400));
  EXPECT_EQ(video->stats().key_frames_decoded, 1u);
  ExpectClean(*video);
}

TEST(Shard, AWishForALargerPictureSwitchesTheLayerOnAKeyFrameWithoutAGap) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join({.camera = false});
  harness.SetLayout(b, {{.track = a.camera, .height_px = 180}});
  harness.world.RunFor(Duration::Seconds(3));
  const SlotReceiver* video = harness.SlotOf(b, a.camera);
  ASSERT_NE(video, nullptr);
  EXPECT_EQ(video->current_layer(), 0);
  harness.SetLayout(b, {{.track = a.camera, .height_px = 720}});
  harness.world.RunFor(Duration::Seconds(2));
  EXPECT_EQ(harness.SlotOf(b, a.camera), video) << "the slot stays";
  EXPECT_EQ(video->current_layer(), 2);
  harness.SetLayout(b, {{.track = a.camera, .height_px = 180}});
  harness.world.RunFor(Duration::Seconds(2));
  EXPECT_EQ(video->current_layer(), 0);
  ExpectClean(*video);
  EXPECT_GT(video->stats().frames_decoded, 60u);
}

TEST(Shard, AnUnwantedLayerIsSentToNobody) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join({.camera = false});
  harness.SetLayout(b, {});
  harness.world.RunFor(Duration::Seconds(2));
  for (const SlotReceiver& slot : harness.media(b).slots()) {
    if (slot.is_video()) {
      EXPECT_EQ(slot.stats().packets, 0u);
    }
  }
  EXPECT_EQ(harness.Told(b, a.camera), nullptr);
}

TEST(Shard, TheSlotFollowsTheWishFromOnePersonToAnother) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join();
  const Joined viewer = harness.Join({.camera = false, .video_slots = 1});
  harness.SetLayout(viewer, {{.track = a.camera, .height_px = 360}});
  harness.world.RunFor(Duration::Seconds(3));
  const SlotReceiver* slot = harness.SlotOf(viewer, a.camera);
  ASSERT_NE(slot, nullptr);
  for (const TrackId wanted : {b.camera, a.camera, b.camera}) {
    harness.SetLayout(viewer, {{.track = wanted, .height_px = 360}});
    harness.world.RunFor(Duration::Seconds(1));
    EXPECT_EQ(slot->current_track(), wanted);
    EXPECT_EQ(harness.SlotOf(viewer, wanted), slot);
  }
  ExpectClean(*slot);
  EXPECT_GT(slot->stats().frames_decoded, 50u);
}

TEST(Shard, MoreWishesThanSlotsGiveTheFirstOnesAPlace) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join();
  const Joined c = harness.Join();
  const Joined viewer = harness.Join({.camera = false, .video_slots = 2});
  harness.SetLayout(viewer, {{.track = c.camera, .height_px = 180},
                             {.track = a.camera, .height_px = 180},
                             {.track = b.camera, .height_px = 180}});
  harness.world.RunFor(Duration::Seconds(2));
  EXPECT_NE(harness.SlotOf(viewer, c.camera), nullptr);
  EXPECT_NE(harness.SlotOf(viewer, a.camera), nullptr);
  EXPECT_EQ(harness.SlotOf(viewer, b.camera), nullptr);
}

TEST(Shard, BeforeAnyWishScreensComeFirst) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join({.screen = true});
  const Joined viewer = harness.Join({.camera = false, .video_slots = 2});
  harness.world.RunFor(Duration::Seconds(2));
  EXPECT_NE(harness.SlotOf(viewer, b.screen), nullptr);
  EXPECT_NE(harness.SlotOf(viewer, a.camera), nullptr);
  EXPECT_EQ(harness.SlotOf(viewer, b.camera), nullptr);
}

TEST(Shard, AMutedCameraKeepsItsSlotPausedAndComesBackOnAKeyFrame) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join({.camera = false});
  harness.SetLayout(b, {{.track = a.camera, .height_px = 360}});
  harness.world.RunFor(Duration::Seconds(3));
  const SlotReceiver* slot = harness.SlotOf(b, a.camera);
  ASSERT_NE(slot, nullptr);
  // The camera still sends for a moment: nothing of it may pass.
  harness.Mute(a.camera, true);
  harness.world.RunFor(Duration::Millis(100));
  const uint64_t packets = slot->stats().packets;
  harness.world.RunFor(Duration::Seconds(2));
  EXPECT_EQ(slot->stats().packets, packets);
  ASSERT_NE(harness.Told(b, a.camera), nullptr);
  EXPECT_TRUE(harness.Told(b, a.camera)->paused);
  harness.Mute(a.camera, false);
  harness.world.RunFor(Duration::Seconds(2));
  EXPECT_EQ(harness.SlotOf(b, a.camera), slot);
  EXPECT_FALSE(harness.Told(b, a.camera)->paused);
  EXPECT_GT(slot->stats().packets, packets + 20);
  ExpectClean(*slot);
}

TEST(Shard, WhoLeavesIsGoneFromEverySlotAndAllMemoryComesBack) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join();
  const Joined c = harness.Join();
  harness.world.RunFor(Duration::Seconds(3));
  EXPECT_GT(harness.world.shard().stats().packets_in_pool, 0u);
  harness.Leave(a);
  harness.world.RunFor(Duration::Seconds(1));
  EXPECT_EQ(harness.Told(b, a.camera), nullptr);
  EXPECT_EQ(harness.Told(c, a.microphone), nullptr);
  harness.Leave(b);
  harness.Leave(c);
  EXPECT_EQ(harness.world.shard().stats().participants, 0u);
  EXPECT_EQ(harness.world.shard().stats().packets_in_pool, 0u);
  EXPECT_EQ(harness.world.shard().NextDeadline(), Instant::Never());
}

TEST(Shard, RoomsDoNotHearEachOther) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined other = harness.Join({.room = RoomId(2)});
  harness.world.RunFor(Duration::Seconds(2));
  for (const Joined& who : {a, other}) {
    for (const SlotReceiver& slot : harness.media(who).slots()) {
      EXPECT_EQ(slot.stats().packets, 0u);
    }
  }
}

}  // namespace
}  // namespace conclave::sim
