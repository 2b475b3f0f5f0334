// What happens to a participant over its life: address changes, restarts, later sections, failures,
// and what the control plane hears of it.
#include <gtest/gtest.h>

#include <string>

#include "sim/nonce_checker.h"
#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

template <typename E>
std::vector<E> EventsOf(const ShardHarness& harness) {
  std::vector<E> found;
  for (const router::Event& event : harness.events) {
    if (const auto* e = std::get_if<E>(&event)) found.push_back(*e);
  }
  return found;
}

TEST(ShardLife, ConnectedIsToldOncePerParticipant) {
  ShardHarness harness;
  const Joined a = harness.Join();
  harness.world.RunFor(Duration::Seconds(1));
  const auto connected = EventsOf<router::TransportConnected>(harness);
  ASSERT_EQ(connected.size(), 1u);
  EXPECT_EQ(connected[0].participant, a.id);
}

TEST(ShardLife, MediaFollowsAClientWhoseAddressChanges) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join({.camera = false});
  harness.world.RunFor(Duration::Seconds(3));
  harness.world.MoveClient(a.client);
  harness.world.MoveClient(b.client);
  // Media from the new address passes once a check has proved it, and goes there then.
  harness.world.RunFor(Duration::Seconds(10));
  const SlotReceiver* video = harness.SlotOf(b, a.camera);
  ASSERT_NE(video, nullptr);
  EXPECT_LT(harness.world.now() - video->last_packet(), Duration::Millis(300));
  EXPECT_EQ(video->stats().broken_frames, 0u);
}

// A shard whose encryptions are all looked at (decisions 25).
struct CheckedShard {
  CheckedShard() : harness(Config(nonces)) {}
  static WorldConfig Config(NonceChecker& nonces) {
    WorldConfig config;
    config.shard.srtp_observer = &nonces;
    return config;
  }
  void RunFor(Duration duration) {
    const Instant end = harness.world.now() + duration;
    while (harness.world.now() < end) now = harness.world.Step();
  }
  // Both ends get new credentials; the client comes from another port where it has moved.
  void RestartIce(const Joined& who, int round, bool moves) {
    const std::string number = std::to_string(round);
    const router::IceCredentials server = {"restartedserver" + number,
                                           "restartedserverpasswordrestarted"};
    const router::IceCredentials client = {"restartedclient" + number, "restartedclientpassword1"};
    harness.world.Command(router::RestartIce{who.id, server, client});
    harness.media(who).RestartIce(harness.world.now(), client, server);
    if (moves) harness.world.MoveClient(who.client);
    harness.world.Touch(who.client);
  }
  std::string Found() const {
    return violations.list().empty() ? std::string() : violations.list().front();
  }

  Instant now;
  Violations violations;
  NonceChecker nonces{now, violations};
  ShardHarness harness;
};

TEST(ShardLife, AnIceRestartLeavesKeysAndSlotsAlone) {
  CheckedShard shard;
  ShardHarness& harness = shard.harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join({.camera = false});
  shard.RunFor(Duration::Seconds(3));
  shard.RestartIce(a, 1, true);
  const SlotReceiver* video = harness.SlotOf(b, a.camera);
  ASSERT_NE(video, nullptr);
  const uint64_t key_frames = video->stats().key_frames_decoded;
  const uint64_t frames = video->stats().frames_decoded;
  shard.RunFor(Duration::Seconds(5));
  EXPECT_GT(video->stats().frames_decoded, frames + 40);
  EXPECT_EQ(video->stats().key_frames_decoded, key_frames) << "nobody noticed";
  EXPECT_EQ(video->stats().broken_frames, 0u);
  EXPECT_EQ(EventsOf<router::TransportConnected>(harness).size(), 2u) << "no second handshake";
  EXPECT_EQ(shard.violations.count(), 0u) << shard.Found();
}

TEST(ShardLife, AcrossIceRestartsNoNonceIsUsedTwice) {
  CheckedShard shard;
  ShardHarness& harness = shard.harness;
  const LinkQuality lossy = {.jitter = Duration::Millis(10), .loss = 0.1};
  JoinOptions options;
  options.transport_cc = options.audio_nack = true;
  options.uplink = options.downlink = lossy;
  const Joined a = harness.Join(options);
  const Joined b = harness.Join(options);
  shard.RunFor(Duration::Seconds(2));
  harness.media(a).track(a.microphone).set_level(20);
  for (int round = 0; round < 20; ++round) {
    // What was lost around the restart is asked for after it.
    shard.RestartIce(round % 2 == 0 ? a : b, round, round % 3 != 0);
    shard.RunFor(Duration::Millis(700));
  }
  // A check may be lost too, and is repeated later.
  shard.RunFor(Duration::Seconds(5));
  EXPECT_EQ(shard.violations.count(), 0u) << shard.Found();
  EXPECT_GT(shard.nonces.encryptions(), 2000u);
  const SlotReceiver* video = harness.SlotOf(b, a.camera);
  ASSERT_NE(video, nullptr);
  EXPECT_LT(harness.world.now() - video->last_packet(), Duration::Millis(500)) << "it goes on";
}

TEST(ShardLife, WhoGoesSilentIsGivenUpAfterTheConsentTimeout) {
  WorldConfig config;
  config.shard.consent_timeout = Duration::Seconds(5);
  ShardHarness harness(config);
  const Joined a = harness.Join();
  const Joined b = harness.Join();
  harness.world.RunFor(Duration::Seconds(2));
  // Nothing arrives from it any more.
  harness.world.RemoveClient(b.client);
  harness.world.RunFor(Duration::Seconds(7));
  const auto failed = EventsOf<router::TransportFailed>(harness);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].participant, b.id);
  const uint64_t sent = harness.world.shard().stats().datagrams_sent;
  harness.world.RunFor(Duration::Seconds(1));
  // What still goes out are answers and feedback to the one who is there.
  EXPECT_LT(harness.world.shard().stats().datagrams_sent - sent, 40u);
  harness.world.Command(router::RemoveParticipant{b.id});
  EXPECT_EQ(harness.world.shard().stats().participants, 1u);
  EXPECT_TRUE(harness.media(a).connected());
}

TEST(ShardLife, WhoNeverConnectsIsGivenUpAfterTheConsentTimeout) {
  ShardHarness harness;
  const Joined a = harness.Join();
  harness.world.RunFor(Duration::Seconds(2));
  const Instant added = harness.world.now();
  const Joined ghost = harness.Join({.connects = false});
  harness.world.RunFor(Duration::Millis(29'998));
  EXPECT_TRUE(EventsOf<router::TransportFailed>(harness).empty());
  harness.world.RunFor(Duration::Millis(4));
  const auto failed = EventsOf<router::TransportFailed>(harness);
  ASSERT_EQ(failed.size(), 1u) << (harness.world.now() - added).ms() << " ms";
  EXPECT_EQ(failed[0].participant, ghost.id);
  EXPECT_EQ(failed[0].why, router::TransportFailure::kConsentLost);
  // What the control plane does then.
  harness.world.Command(router::RemoveParticipant{ghost.id});
  EXPECT_EQ(harness.world.shard().stats().participants, 1u);
  harness.world.RunFor(Duration::Seconds(60));
  EXPECT_EQ(EventsOf<router::TransportFailed>(harness).size(), 1u) << "told once";
  EXPECT_TRUE(harness.media(a).connected());
}

TEST(ShardLife, WhoConnectsLateIsSeenAndStays) {
  ShardHarness harness;
  const Joined a = harness.Join();
  Joined late = harness.Join({.connects = false});
  harness.world.RunFor(Duration::Seconds(20));
  harness.Connect(late);
  harness.world.RunFor(Duration::Seconds(40));
  EXPECT_TRUE(EventsOf<router::TransportFailed>(harness).empty());
  EXPECT_TRUE(harness.media(late).connected());
  for (const auto& [who, whom] : {std::pair(a, late), std::pair(late, a)}) {
    const SlotReceiver* video = harness.SlotOf(who, whom.camera);
    ASSERT_NE(video, nullptr);
    EXPECT_GT(video->stats().frames_decoded, 350u);
    EXPECT_LT(harness.world.now() - video->last_packet(), Duration::Millis(300));
  }
}

TEST(ShardLife, SlotsThatComeLaterAreFilled) {
  ShardHarness harness;
  const Joined a = harness.Join();
  const Joined b = harness.Join();
  const Joined viewer = harness.Join({.camera = false, .video_slots = 1});
  harness.world.RunFor(Duration::Seconds(2));
  EXPECT_EQ(harness.SlotOf(viewer, b.camera), nullptr);
  harness.AddVideoSlot(viewer);
  harness.world.RunFor(Duration::Seconds(2));
  ASSERT_NE(harness.SlotOf(viewer, a.camera), nullptr);
  ASSERT_NE(harness.SlotOf(viewer, b.camera), nullptr);
  EXPECT_GT(harness.SlotOf(viewer, b.camera)->stats().frames_decoded, 10u);
}

TEST(ShardLife, WhoSpeaksIsDominantAndTheirLevelIsToldTenTimesASecond) {
  ShardHarness harness;
  const Joined a = harness.Join();
  harness.Join();
  harness.world.RunFor(Duration::Seconds(1));
  harness.events.clear();
  harness.media(a).track(a.microphone).set_level(25);
  harness.world.RunFor(Duration::Seconds(2));
  const auto dominant = EventsOf<router::DominantSpeakerChanged>(harness);
  ASSERT_EQ(dominant.size(), 1u);
  EXPECT_EQ(dominant[0].track, a.microphone);
  const auto levels = EventsOf<router::AudioLevels>(harness);
  EXPECT_GE(levels.size(), 15u);
  EXPECT_LE(levels.size(), 21u);
  ASSERT_FALSE(levels.back().levels.empty());
  EXPECT_EQ(levels.back().levels[0].track, a.microphone);
  EXPECT_NEAR(levels.back().levels[0].level, 25, 3);
  harness.media(a).track(a.microphone).set_level(FakeTrack::kSilence);
  harness.world.RunFor(Duration::Seconds(3));
  harness.events.clear();
  harness.world.RunFor(Duration::Seconds(1));
  EXPECT_TRUE(EventsOf<router::AudioLevels>(harness).empty()) << "silence is not worth a message";
}

TEST(ShardLife, OnlyTheLoudestOfManyAreHeard) {
  ShardHarness harness;
  std::vector<Joined> people;
  for (int i = 0; i < 8; ++i) people.push_back(harness.Join({.camera = false}));
  const Joined listener = harness.Join({.camera = false});
  harness.world.RunFor(Duration::Seconds(1));
  harness.media(people[7]).track(people[7].microphone).set_level(20);
  harness.media(people[6]).track(people[6].microphone).set_level(20);
  harness.world.RunFor(Duration::Seconds(1));
  size_t heard = 0;
  for (const Joined& person : people) {
    heard += harness.Told(listener, person.microphone) != nullptr ? 1u : 0u;
  }
  EXPECT_EQ(heard, 4u);
  EXPECT_NE(harness.Told(listener, people[7].microphone), nullptr);
  EXPECT_NE(harness.Told(listener, people[6].microphone), nullptr);
}

TEST(ShardLife, AFullPoolDropsAndRecovers) {
  WorldConfig config;
  // Less than two seconds of what is sent.
  config.shard.packet_pool_size = 64;
  ShardHarness harness(config);
  const Joined a = harness.Join();
  const Joined b = harness.Join({.camera = false});
  harness.world.RunFor(Duration::Seconds(5));
  const SlotReceiver* video = harness.SlotOf(b, a.camera);
  ASSERT_NE(video, nullptr);
  EXPECT_GT(video->stats().frames_decoded, 20u);
  EXPECT_LE(harness.world.shard().stats().packets_in_pool, 64u);
}

TEST(ShardLife, ABatchThatIsFullIsGoneOnWith) {
  // More receivers than a batch has runs, each with its own destination.
  ShardHarness harness;
  const Joined speaker = harness.Join({.camera = false});
  std::vector<Joined> listeners;
  for (int i = 0; i < 260; ++i) {
    listeners.push_back(harness.Join({.microphone = false,
                                      .camera = false,
                                      .audio_slots = 1,
                                      .video_slots = 0,
                                      .downlink = {.delay = Duration::Millis(5)}}));
  }
  harness.world.RunFor(Duration::Seconds(2));
  harness.media(speaker).track(speaker.microphone).set_level(20);
  harness.world.RunFor(Duration::Seconds(1));
  for (const Joined& listener : listeners) {
    const SlotReceiver* slot = harness.SlotOf(listener, speaker.microphone);
    ASSERT_NE(slot, nullptr);
    EXPECT_GT(slot->stats().frames_decoded, 45u);
    EXPECT_EQ(slot->stats().abandoned, 0u);
  }
}

}  // namespace
}  // namespace conclave::sim
