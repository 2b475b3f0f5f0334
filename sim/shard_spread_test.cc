// A room on two shards: everybody sees and hears everybody as on one, and what crosses, crosses
// once and only where somebody wants it.
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "sim/nonce_checker.h"
#include "sim/spread_harness.h"

namespace conclave::sim {
namespace {

constexpr RoomId kRoom(1);
constexpr RoomId kBreakout(7);
constexpr size_t kHere = 0;
constexpr size_t kThere = 1;

class ShardSpread : public ::testing::TestWithParam<uint64_t> {
 protected:
  ShardSpread() : harness_(Config(nonces_, GetParam())) { harness_.Spread(kRoom); }

  static WorldConfig Config(NonceChecker& nonces, uint64_t seed) {
    WorldConfig config;
    config.seed = seed * 100;
    config.step = Duration::Millis(2);
    config.shard.srtp_observer = &nonces;
    return config;
  }
  struct Person {
    size_t shard;
    Joined joined;
  };
  Person Join(size_t shard, JoinOptions options = {}) {
    options.transport_cc = true;
    Person who{shard, harness_.at(shard).Join(options)};
    people_.push_back(who);
    return who;
  }
  Person Speaker(size_t shard, uint8_t level = 20) {
    Person who = Join(shard);
    SetLevel(who, level);
    return who;
  }
  Person Viewer(size_t shard) {
    JoinOptions options;
    options.microphone = options.camera = false;
    return Join(shard, options);
  }
  void SetLevel(const Person& who, uint8_t level) {
    Track(who, who.joined.microphone).set_level(level);
  }
  FakeTrack& Track(const Person& who, TrackId id) {
    return harness_.at(who.shard).media(who.joined).track(id);
  }
  void Watch(const Person& who, TrackId track, uint16_t height_px) {
    harness_.at(who.shard).SetLayout(who.joined, {{.track = track, .height_px = height_px}});
  }
  void RunFor(int64_t ms) {
    harness_.RunFor(Duration::Millis(ms));
    now_ = harness_.at(kHere).world.now();
  }
  const SlotReceiver* SlotOf(const Person& who, TrackId track) {
    return harness_.at(who.shard).SlotOf(who.joined, track);
  }
  // Whether it comes, and is what it says.
  bool Gets(const Person& who, TrackId track) {
    const SlotReceiver* slot = SlotOf(who, track);
    return slot && slot->current_track() == track && slot->stats().wrong_source == 0 &&
           harness_.at(who.shard).world.now() - slot->last_packet() < Duration::Millis(300);
  }
  bool Has(const Person& who, TrackId track) {
    return harness_.at(who.shard).Told(who.joined, track) != nullptr;
  }
  uint64_t Broken() {
    uint64_t broken = 0;
    for (const Person& who : people_) {
      for (const SlotReceiver& slot : harness_.at(who.shard).media(who.joined).slots()) {
        broken +=
            slot.stats().broken_frames + slot.stats().wrong_source + slot.stats().timestamp_errors;
      }
    }
    return broken;
  }
  std::string Found() const {
    return violations_.list().empty() ? std::string() : violations_.list().front();
  }

  Instant now_;
  Violations violations_;
  NonceChecker nonces_{now_, violations_};
  SpreadHarness harness_;
  std::vector<Person> people_;
};

TEST_P(ShardSpread, EverybodyIsHeardAndSeenByEverybody) {
  Speaker(kHere);
  Speaker(kThere);
  Speaker(kHere);
  Speaker(kThere);
  RunFor(6000);
  for (const Person& who : people_) {
    for (const Person& other : people_) {
      if (who.joined.id == other.joined.id) continue;
      EXPECT_TRUE(Gets(who, other.joined.microphone)) << who.joined.id.value();
      EXPECT_TRUE(Gets(who, other.joined.camera)) << who.joined.id.value();
      EXPECT_GT(harness_.at(who.shard).Told(who.joined, other.joined.camera)->capture_time,
                Instant())
          << "lip sync";
    }
  }
  EXPECT_EQ(Broken(), 0u);
  EXPECT_EQ(Found(), "");
}

TEST_P(ShardSpread, WhoComesToAShardLaterIsToldOfAll) {
  const Person first = Speaker(kHere);
  RunFor(3000);
  EXPECT_EQ(harness_.video_crossed[kThere], 0u) << "nobody there";
  const Person second = Speaker(kThere);
  RunFor(3000);
  EXPECT_TRUE(Gets(second, first.joined.microphone));
  EXPECT_TRUE(Gets(second, first.joined.camera));
  EXPECT_TRUE(Gets(first, second.joined.camera));
}

TEST_P(ShardSpread, APacketCrossesOnceForAllReceivers) {
  const Person source = Speaker(kHere);
  for (int i = 0; i < 6; ++i) Watch(Viewer(kThere), source.joined.camera, 720);
  RunFor(4000);
  const size_t before = harness_.video_crossed[kThere];
  const uint64_t sent = Track(source, source.joined.camera).packets_sent();
  const uint64_t received = SlotOf(people_.back(), source.joined.camera)->stats().packets;
  RunFor(4000);
  const size_t crossed = harness_.video_crossed[kThere] - before;
  const uint64_t got = SlotOf(people_.back(), source.joined.camera)->stats().packets - received;
  EXPECT_GT(got, 30u);
  EXPECT_GE(crossed, got);
  EXPECT_LE(crossed, got + 20) << "once, for one of the encodings";
  EXPECT_LT(crossed, Track(source, source.joined.camera).packets_sent() - sent);
  EXPECT_EQ(harness_.video_crossed[kHere], 0u);
}

TEST_P(ShardSpread, WhatNobodyWatchesIsNotSentAndComesWhenSomebodyDoes) {
  const Person source = Speaker(kHere);
  const Person viewer = Viewer(kThere);
  Watch(viewer, source.joined.camera, 0);
  RunFor(8000);
  const size_t idle = harness_.video_crossed[kThere];
  EXPECT_EQ(harness_.at(kHere).layers_wanted.at(source.joined.camera).encodings, 0)
      << "its publisher is told";
  RunFor(2000);
  EXPECT_EQ(harness_.video_crossed[kThere], idle);
  Watch(viewer, source.joined.camera, 180);
  RunFor(2500);
  EXPECT_TRUE(Gets(viewer, source.joined.camera));
  EXPECT_EQ(SlotOf(viewer, source.joined.camera)->current_layer(), 0);
  Watch(viewer, source.joined.camera, 720);
  RunFor(2500);
  EXPECT_EQ(SlotOf(viewer, source.joined.camera)->current_layer(), 2);
  EXPECT_EQ(Broken(), 0u);
}

TEST_P(ShardSpread, ThoseWhoSpeakAreHeardFromBothAndTheSilentDoNotCross) {
  JoinOptions quiet;
  quiet.camera = false;
  quiet.video_slots = 0;
  std::vector<Person> all;
  for (size_t i = 0; i < 16; ++i) all.push_back(Join(i % 2, quiet));
  RunFor(3000);
  const std::vector<size_t> speakers = {2, 7, 9};
  for (const size_t i : speakers) SetLevel(all[i], 20);
  RunFor(3000);
  for (const Person& who : all) {
    for (const size_t i : speakers) {
      if (who.joined.id == all[i].joined.id) continue;
      EXPECT_TRUE(Gets(who, all[i].joined.microphone)) << who.joined.id.value();
    }
  }
  // 50 packets a second of five of the eight on each side.
  const auto before = harness_.audio_crossed;
  RunFor(2000);
  for (const size_t to : {kHere, kThere}) {
    EXPECT_LE(harness_.audio_crossed[to] - before[to], 5u * 50 * 2 + 10);
  }
  for (const Person& who : all) {
    for (const SlotReceiver& slot : harness_.at(who.shard).media(who.joined).slots()) {
      EXPECT_EQ(slot.stats().broken_frames + slot.stats().wrong_source, 0u);
    }
  }
  EXPECT_EQ(Found(), "");
}

TEST_P(ShardSpread, OneShardAloneTellsWhoSpeaks) {
  Speaker(kHere, FakeTrack::kSilence);
  const Person speaker = Speaker(kThere);
  RunFor(4000);
  const auto speakers = [&](size_t shard) {
    std::vector<TrackId> out;
    for (const router::Event& event : harness_.at(shard).events) {
      const auto* dominant = std::get_if<router::DominantSpeakerChanged>(&event);
      if (dominant) out.push_back(dominant->track);
    }
    return out;
  };
  ASSERT_FALSE(speakers(kHere).empty());
  EXPECT_EQ(speakers(kHere).back(), speaker.joined.microphone);
  EXPECT_TRUE(speakers(kThere).empty());
}

TEST_P(ShardSpread, MutingAndLeavingAreKnownThere) {
  const Person source = Speaker(kHere);
  const Person viewer = Speaker(kThere);
  RunFor(3000);
  ASSERT_TRUE(Gets(viewer, source.joined.camera));
  harness_.at(kHere).Mute(source.joined.camera, true);
  Track(source, source.joined.camera).set_muted(true);
  RunFor(1000);
  const router::SlotAssignment* told =
      harness_.at(kThere).Told(viewer.joined, source.joined.camera);
  EXPECT_TRUE(!told || told->paused);
  harness_.at(kHere).Mute(source.joined.camera, false);
  Track(source, source.joined.camera).set_muted(false);
  RunFor(2000);
  EXPECT_TRUE(Gets(viewer, source.joined.camera));
  harness_.at(kHere).Leave(source.joined);
  RunFor(500);
  EXPECT_FALSE(Has(viewer, source.joined.camera));
  EXPECT_FALSE(Has(viewer, source.joined.microphone));
}

TEST_P(ShardSpread, BreakoutRoomsAreOnTheSameShards) {
  harness_.Spread(kBreakout);
  const Person a = Speaker(kHere);
  const Person b = Speaker(kThere);
  const Person stays = Speaker(kThere);
  RunFor(3000);
  harness_.at(kHere).Move(a.joined, kBreakout);
  RunFor(200);
  EXPECT_FALSE(Has(b, a.joined.camera));
  harness_.at(kThere).Move(b.joined, kBreakout);
  RunFor(3000);
  EXPECT_TRUE(Gets(b, a.joined.camera));
  EXPECT_TRUE(Gets(a, b.joined.microphone));
  EXPECT_FALSE(Has(stays, a.joined.camera));
  EXPECT_FALSE(Has(stays, b.joined.camera));
  harness_.at(kHere).Move(a.joined, kRoom);
  harness_.at(kThere).Move(b.joined, kRoom);
  harness_.End(kBreakout);
  RunFor(3000);
  EXPECT_TRUE(Gets(stays, a.joined.camera));
  EXPECT_TRUE(Gets(a, stays.joined.microphone));
  EXPECT_EQ(Broken(), 0u);
  EXPECT_EQ(Found(), "");
}

TEST_P(ShardSpread, WhatAShardThatHangsDidNotTakeIsMadeGood) {
  const Person source = Speaker(kHere);
  const Person viewer = Viewer(kThere);
  Watch(viewer, source.joined.camera, 360);
  RunFor(3000);
  harness_.lose = [](const router::RelayOut&) { return true; };
  RunFor(1000);
  EXPECT_FALSE(Gets(viewer, source.joined.camera));
  harness_.lose = nullptr;
  const uint64_t before = SlotOf(viewer, source.joined.camera)->stats().frames_decoded;
  RunFor(3000);
  EXPECT_TRUE(Gets(viewer, source.joined.camera));
  EXPECT_GT(SlotOf(viewer, source.joined.camera)->stats().frames_decoded, before + 15);
}

TEST_P(ShardSpread, NothingIsLeftOfARoomThatIsOver) {
  Speaker(kHere);
  Speaker(kThere);
  RunFor(3000);
  for (const Person& who : people_) harness_.at(who.shard).Leave(who.joined);
  harness_.End(kRoom);
  RunFor(5000);
  for (const size_t shard : {kHere, kThere}) {
    const router::ShardStats& stats = harness_.at(shard).world.shard().stats();
    EXPECT_EQ(stats.participants, 0u);
    EXPECT_EQ(stats.packets_in_pool, 0u);
    EXPECT_EQ(stats.rooms, 0u);
    EXPECT_EQ(stats.remote_tracks, 0u);
    EXPECT_EQ(harness_.at(shard).world.shard().NextDeadline(), Instant::Never());
  }
}

// People come, go, mute, look elsewhere and speak, on both.
TEST_P(ShardSpread, NothingThatPeopleDoBreaksAnything) {
  SeededRandom random(GetParam());
  const auto pick = [&](size_t count) { return random.Next32() % static_cast<uint32_t>(count); };
  for (int step = 0; step < 60; ++step) {
    const uint32_t what = pick(6);
    if (people_.size() < 3 || (what == 0 && people_.size() < 10)) {
      Speaker(pick(2));
    } else if (const size_t at = pick(people_.size()); what == 1 && people_.size() > 3) {
      harness_.at(people_[at].shard).Leave(people_[at].joined);
      people_.erase(people_.begin() + static_cast<ptrdiff_t>(at));
    } else if (const Person& who = people_[at]; what == 2) {
      const bool muted = pick(2) == 0;
      harness_.at(who.shard).Mute(who.joined.camera, muted);
      Track(who, who.joined.camera).set_muted(muted);
    } else if (what == 3) {
      SetLevel(who, pick(2) == 0 ? FakeTrack::kSilence : 20);
    } else {
      Watch(who, people_[pick(people_.size())].joined.camera, static_cast<uint16_t>(90 << pick(4)));
    }
    RunFor(150);
  }
  EXPECT_EQ(Broken(), 0u);
  EXPECT_EQ(Found(), "");
}

INSTANTIATE_TEST_SUITE_P(Seeds, ShardSpread, ::testing::Range<uint64_t>(1, 4));

}  // namespace
}  // namespace conclave::sim
