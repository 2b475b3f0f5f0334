// Breakout rooms on the real router: participants go from room to room of a shard with their
// transports kept, and nothing of one room is sent into another.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/egress_checker.h"
#include "sim/nonce_checker.h"
#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

constexpr RoomId kMain(1);
constexpr RoomId kFirst(2);
constexpr RoomId kSecond(3);

// A shard whose every encrypted packet is held against who is in which room at that moment.
class ShardBreakout : public ::testing::TestWithParam<uint64_t> {
 protected:
  ShardBreakout() : harness_(Config(nonces_, GetParam())) {
    nonces_.on_rtp = [this](uint32_t ssrc, uint64_t index, std::span<const uint8_t> header) {
      now_ = harness_.world.now();
      egress_.OnRtp(ssrc, index, header);
    };
    harness_.world.on_flushed = [this] { egress_.OnFlushed(); };
    harness_.world.on_command = [this](const router::Command& command) {
      now_ = harness_.world.now();
      egress_.OnCommand(command);
    };
    const auto kept = harness_.world.on_event;
    harness_.world.on_event = [this, kept](const router::Event& event) {
      egress_.OnEvent(event);
      kept(event);
    };
  }
  static WorldConfig Config(NonceChecker& nonces, uint64_t seed) {
    WorldConfig config;
    config.seed = seed;
    config.shard.srtp_observer = &nonces;
    return config;
  }

  Joined Join() {
    JoinOptions options;
    options.transport_cc = true;
    Joined who = harness_.Join(options);
    harness_.media(who).track(who.microphone).set_level(20);
    return who;
  }
  void RunFor(int64_t ms) { harness_.world.RunFor(Duration::Millis(ms)); }
  // Whether `who` is being sent both the voice and the picture of `other`.
  bool Gets(const Joined& who, const Joined& other) {
    return Flows(who, other.microphone) && Flows(who, other.camera);
  }
  bool GetsNothing(const Joined& who, const Joined& other) {
    return !harness_.Told(who, other.microphone) && !harness_.Told(who, other.camera);
  }
  std::string Found() const {
    return violations_.list().empty() ? std::string() : violations_.list().front();
  }

  Instant now_;
  Violations violations_;
  NonceChecker nonces_{now_, violations_};
  EgressChecker egress_{now_, violations_};
  ShardHarness harness_;

 private:
  bool Flows(const Joined& who, TrackId track) {
    const SlotReceiver* slot = harness_.SlotOf(who, track);
    return slot && harness_.world.now() - slot->last_packet() < Duration::Millis(300);
  }
};

TEST_P(ShardBreakout, PeopleHearAndSeeThoseWhoAreThereOnly) {
  std::vector<Joined> people;
  for (int i = 0; i < 4; ++i) people.push_back(Join());
  RunFor(5000);
  EXPECT_TRUE(Gets(people[0], people[3]));

  harness_.Move(people[2], kFirst);
  harness_.Move(people[3], kFirst);
  RunFor(5000);
  EXPECT_TRUE(Gets(people[0], people[1]) && Gets(people[1], people[0]));
  EXPECT_TRUE(Gets(people[2], people[3]) && Gets(people[3], people[2]));
  for (const int here : {0, 1}) {
    for (const int there : {2, 3}) {
      EXPECT_TRUE(GetsNothing(people[here], people[there]));
      EXPECT_TRUE(GetsNothing(people[there], people[here]));
    }
  }

  harness_.Move(people[2], kMain);
  harness_.Move(people[3], kMain);
  RunFor(5000);
  for (const Joined& who : people) {
    for (const Joined& other : people) {
      EXPECT_TRUE(who.id == other.id || Gets(who, other));
    }
  }
  // One handshake each, and nobody failed.
  EXPECT_EQ(harness_.CountEvents(0), people.size());
  EXPECT_EQ(harness_.CountEvents(1), 0u);
  EXPECT_EQ(Found(), "");
  EXPECT_GT(egress_.rtp_packets(), 1000u);
}

TEST_P(ShardBreakout, ALayoutIsKeptAndCountsAgainOnReturn) {
  const Joined ada = Join();
  const Joined bob = Join();
  const Joined cleo = Join();
  RunFor(3000);
  harness_.SetLayout(ada, {{bob.camera, 360}});
  harness_.Move(ada, kFirst);
  harness_.Move(cleo, kFirst);
  RunFor(3000);
  // Nobody asked for Cleo's picture.
  EXPECT_FALSE(harness_.Told(ada, cleo.camera) || harness_.Told(ada, bob.camera));
  EXPECT_TRUE(harness_.Told(ada, cleo.microphone));
  harness_.Move(ada, kMain);
  RunFor(4000);
  EXPECT_TRUE(Gets(ada, bob));
  EXPECT_EQ(Found(), "");
}

// Whoever holds on to anything of a room that is gone would be found by the sanitizers.
TEST_P(ShardBreakout, RoomsComeAndGoAsPeopleWanderAndLeave) {
  SeededRandom random(GetParam());
  std::vector<Joined> people;
  for (int i = 0; i < 6; ++i) people.push_back(Join());
  RunFor(2000);
  constexpr RoomId kRooms[] = {kMain, kFirst, kSecond};
  for (int step = 0; step < 60; ++step) {
    const size_t one = random.Next32() % people.size();
    const uint32_t what = random.Next32() % 10;
    if (what == 0) {
      harness_.Leave(people[one]);
      people[one] = Join();
    } else if (what == 1) {
      harness_.Mute(people[one].camera, random.Next32() % 2 == 0);
    } else {
      harness_.Move(people[one], kRooms[random.Next32() % 3]);
    }
    RunFor(20 + random.Next32() % 400);
  }
  EXPECT_EQ(Found(), "");
}

INSTANTIATE_TEST_SUITE_P(Seeds, ShardBreakout, ::testing::Range(uint64_t{1}, uint64_t{4}));

}  // namespace
}  // namespace conclave::sim
