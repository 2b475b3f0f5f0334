// Networks that lose, reorder and repeat: what is repaired, by whom, and what it looks like.
#include <gtest/gtest.h>

#include "media/remb_generator.h"
#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

void ExpectContinuous(const SlotReceiver& slot) {
  EXPECT_EQ(slot.stats().broken_frames, 0u);
  EXPECT_EQ(slot.stats().wrong_source, 0u);
  EXPECT_EQ(slot.stats().timestamp_errors, 0u);
}

TEST(ShardLoss, LossOnTheWayDownIsAnsweredFromTheHistory) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join({.camera = false, .downlink = {.loss = 0.1}});
  harness.world.RunFor(Duration::Seconds(20));
  const SlotReceiver* video = harness.SlotOf(b, a.camera);
  ASSERT_NE(video, nullptr);
  ExpectContinuous(*video);
  EXPECT_GT(video->stats().rtx_packets, 20u);
  EXPECT_EQ(video->stats().abandoned, 0u);
  // 10 pictures a second, but for the start and the last ones in flight.
  EXPECT_GT(video->stats().frames_decoded, 180u);
  EXPECT_GT(harness.world.shard().stats().retransmissions, 20u);
  // The publisher was not bothered with it.
  EXPECT_EQ(harness.media(a).stats().nacks_received, 0u);
}

TEST(ShardLoss, LossOnTheWayUpIsRepairedByTheServerForEverybody) {
  ShardHarness harness;
  const Joined a = harness.Join({.uplink = {.loss = 0.1}});
  const Joined b = harness.Join({.camera = false});
  const Joined c = harness.Join({.camera = false});
  harness.world.RunFor(Duration::Seconds(20));
  EXPECT_GT(harness.media(a).stats().nacks_received, 20u);
  for (const Joined& viewer : {b, c}) {
    const SlotReceiver* video = harness.SlotOf(viewer, a.camera);
    ASSERT_NE(video, nullptr);
    ExpectContinuous(*video);
    EXPECT_GT(video->stats().frames_decoded, 180u);
  }
}

TEST(ShardLoss, ReorderingAndRepeatsBreakNothing) {
  ShardHarness harness;
  const LinkQuality link = {.jitter = Duration::Millis(30), .duplicate = 0.05};
  const Joined a = harness.Join({.uplink = link});
  const Joined b = harness.Join({.camera = false, .downlink = link});
  harness.world.RunFor(Duration::Seconds(20));
  for (const TrackId track : {a.camera, a.microphone}) {
    const SlotReceiver* slot = harness.SlotOf(b, track);
    ASSERT_NE(slot, nullptr);
    ExpectContinuous(*slot);
    EXPECT_GT(slot->stats().frames_decoded, 180u);
  }
  EXPECT_GT(harness.world.shard().stats().dropped_replay, 10u);
}

TEST(ShardLoss, AHeavyBurstEndsInAKeyFrameNotInAFreeze) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join({.camera = false, .downlink = {.loss = 0.5}});
  harness.world.RunFor(Duration::Seconds(20));
  const SlotReceiver* video = harness.SlotOf(b, a.camera);
  ASSERT_NE(video, nullptr);
  ExpectContinuous(*video);
  EXPECT_GT(video->stats().frames_decoded, 60u);
}

TEST(ShardLoss, TheFirstKeyFrameRequestIsAnsweredFromTheHistory) {
  ShardHarness harness;
  const Joined a = harness.Join({.simulcast_layers = 1});
  const Joined b = harness.Join({.camera = false});
  harness.media(b).set_feedback(false);
  harness.world.RunFor(Duration::Millis(600));
  const SlotReceiver* video = harness.SlotOf(b, a.camera);
  ASSERT_NE(video, nullptr);
  const uint64_t asked = harness.media(a).track(a.camera).key_frame_requests();
  // Decisions 23: what was lost before the receiver was ready is sent again, the publisher not
  // asked.
  harness.media(b).SendPli(harness.world.now(), video->config().ssrc);
  harness.world.Touch(b.client);
  harness.world.RunFor(Duration::Millis(200));
  EXPECT_EQ(harness.media(a).track(a.camera).key_frame_requests(), asked);
  EXPECT_GT(video->stats().rtx_packets, 1u);
  // Only the first: the second is the publisher's business.
  harness.media(b).SendPli(harness.world.now(), video->config().ssrc);
  harness.world.Touch(b.client);
  harness.world.RunFor(Duration::Millis(800));
  EXPECT_EQ(harness.media(a).track(a.camera).key_frame_requests(), asked + 1);
}

TEST(ShardLoss, ManyKeyFrameRequestsCostThePublisherTwoASecond) {
  ShardHarness harness;
  const Joined a = harness.Join({.simulcast_layers = 1});
  std::vector<Joined> viewers;
  for (int i = 0; i < 5; ++i) viewers.push_back(harness.Join({.camera = false}));
  harness.world.RunFor(Duration::Seconds(2));
  const uint64_t before = harness.media(a).track(a.camera).key_frame_requests();
  for (int round = 0; round < 20; ++round) {
    for (const Joined& viewer : viewers) {
      harness.media(viewer).SendPli(harness.world.now(),
                                    harness.SlotOf(viewer, a.camera)->config().ssrc);
      harness.world.Touch(viewer.client);
    }
    harness.world.RunFor(Duration::Millis(100));
  }
  const uint64_t asked = harness.media(a).track(a.camera).key_frame_requests() - before;
  EXPECT_GE(asked, 2u);
  EXPECT_LE(asked, 5u);
}

TEST(ShardLoss, PublishersGetTransportFeedbackAndReports) {
  ShardHarness harness;
  const Joined a = harness.Join({.uplink = {.loss = 0.05}, .follows_wanted = false});
  harness.world.RunFor(Duration::Seconds(10));
  const MediaClientStats& stats = harness.media(a).stats();
  EXPECT_GT(stats.twcc_feedbacks, 50u);
  EXPECT_LT(stats.twcc_feedbacks, 250u);
  // 50 audio and 60 video packets a second for nine seconds, of which one in twenty is lost.
  EXPECT_NEAR(static_cast<double>(stats.twcc_reported), 1000, 150);
  EXPECT_NEAR(static_cast<double>(stats.twcc_lost), 52, 30);
  EXPECT_GT(stats.receiver_report_blocks, 20u);
}

TEST(ShardLoss, APublisherWithoutTransportFeedbackGetsRemb) {
  ShardHarness harness;
  const Joined a = harness.Join({.remb_sender = true});
  const Joined b = harness.Join();
  harness.world.RunFor(Duration::Seconds(10));
  const MediaClientStats& stats = harness.media(a).stats();
  EXPECT_NEAR(static_cast<double>(stats.rembs), 9, 2);
  EXPECT_GE(stats.remb_bps, media::RembGenerator::kStart.bps());
  EXPECT_EQ(stats.twcc_feedbacks, 0u);
  EXPECT_EQ(harness.media(b).stats().rembs, 0u);
}

// What a publisher loses on its way up is not loss on anybody's way down: what the server sends is
// numbered anew without a gap, so a receiver's estimate, made from those numbers alone, does not
// know of it.
TEST(ShardLoss, APublishersBadUplinkIsNobodysBadDownlink) {
  ShardHarness harness;
  const Joined a = harness.Join({.uplink = {.jitter = Duration::Millis(10), .loss = 0.2}});
  JoinOptions viewer;
  viewer.microphone = viewer.camera = false;
  viewer.transport_cc = true;
  const Joined b = harness.Join(viewer);
  harness.SetLayout(b, {{.track = a.camera, .height_px = 720, .on_stage = true}});
  harness.world.RunFor(Duration::Seconds(1));
  harness.media(a).track(a.microphone).set_level(20);
  harness.world.RunFor(Duration::Seconds(30));
  const MediaClientStats& stats = harness.media(b).stats();
  ASSERT_GT(stats.numbers_seen, 1500);
  EXPECT_EQ(stats.numbers_highest - stats.numbers_first + 1, stats.numbers_seen);
  EXPECT_EQ(harness.SlotOf(b, a.camera)->current_layer(), 2);
  // No audio is repeated: only the receiver's own loss would help.
  EXPECT_EQ(harness.world.shard().stats().audio_copies, 0u);
}

TEST(ShardLoss, ReceiversGetSenderReportsOnOneClock) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join({.camera = false});
  harness.world.RunFor(Duration::Seconds(5));
  EXPECT_GT(harness.media(b).stats().sender_reports, 6u);
  // Decisions 20: both slots' reports and the slot map agree about when something was captured.
  for (const TrackId track : {a.camera, a.microphone}) {
    const router::SlotAssignment* told = harness.Told(b, track);
    ASSERT_NE(told, nullptr);
    EXPECT_GT(told->capture_time, Instant());
    EXPECT_LT(told->capture_time, harness.world.now());
    const SlotReceiver* slot = harness.SlotOf(b, track);
    const double rate = slot->is_video() ? 90000 : 48000;
    const double elapsed_s =
        static_cast<int32_t>(slot->last_timestamp() - told->rtp_timestamp) / rate;
    // The last packet left 20 ms (the way up) + 20 ms (the way down) before it came in, and its
    // capture time carries the way up.
    const Instant captured =
        told->capture_time + Duration::Micros(static_cast<int64_t>(elapsed_s * 1e6));
    EXPECT_NEAR((slot->last_packet() - captured).seconds(), 0.020, 0.004);
  }
}

}  // namespace
}  // namespace conclave::sim
