// One person's bad way up, and what all others get on their ways down: no less than without it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "sim/long_seeds.h"
#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

constexpr int kCameras = 4;
constexpr Duration kJoin = Duration::Seconds(15);
constexpr Duration kMeasure = Duration::Seconds(40);

struct Seen {
  // The layer of the cameras with a good way up (0..2, -1: nothing), on average of them and time.
  double layers = 0;
  // Of everything, and the longest gap of the voice of somebody with a good way up.
  double received_bps = 0;
  Duration voice_gap;
};

// A room in which everybody sends and everybody watches, each on 2 Mbps down, where all that they
// want would take 3. The first one's way up is `uplink`. What the others see of one another.
Seen Watch(const LinkQuality& uplink, uint64_t seed) {
  WorldConfig config;
  config.seed = seed;
  ShardHarness harness(config);
  std::vector<Joined> people;
  for (int i = 0; i < kCameras; ++i) {
    JoinOptions options;
    options.transport_cc = true;
    options.pace.video = Duration::Millis(50);
    options.pace.frame_bytes = {450, 1400, 4200};
    options.downlink.capacity = DataRate::Kbps(2000);
    if (i == 0) options.uplink = uplink;
    people.push_back(harness.Join(options));
  }
  for (const Joined& viewer : people) {
    std::vector<router::TrackWish> wishes;
    for (const Joined& other : people) {
      if (other.id != viewer.id) wishes.push_back({.track = other.camera, .height_px = 720});
    }
    harness.SetLayout(viewer, wishes);
  }
  harness.world.RunFor(Duration::Seconds(1));
  harness.media(people[1]).track(people[1].microphone).set_level(20);
  harness.world.RunFor(kJoin);
  Seen seen;
  uint64_t bytes_before = 0;
  for (int i = 1; i < kCameras; ++i) {
    bytes_before += harness.media(people[static_cast<size_t>(i)]).stats().bytes_received;
  }
  int samples = 0;
  for (Duration t; t < kMeasure; t += Duration::Millis(100)) {
    harness.world.RunFor(Duration::Millis(100));
    for (size_t viewer = 1; viewer < people.size(); ++viewer) {
      for (size_t other = 1; other < people.size(); ++other) {
        if (other == viewer) continue;
        const router::SlotAssignment* told = harness.Told(people[viewer], people[other].camera);
        const SlotReceiver* slot = harness.SlotOf(people[viewer], people[other].camera);
        seen.layers += told && !told->paused && slot ? slot->current_layer() : -1;
        ++samples;
      }
    }
  }
  seen.layers /= samples;
  for (size_t i = 1; i < people.size(); ++i) {
    seen.received_bps += static_cast<double>(harness.media(people[i]).stats().bytes_received);
  }
  seen.received_bps =
      (seen.received_bps - static_cast<double>(bytes_before)) * 8 / kMeasure.seconds() / 3;
  seen.voice_gap = harness.SlotOf(people[2], people[1].microphone)->stats().longest_gap;
  return seen;
}

// The mean of several rooms, and their longest gap.
Seen WatchAll(const LinkQuality& uplink) {
  const std::vector<uint64_t> seeds = LongSeeds(5);
  Seen all;
  for (const uint64_t seed : seeds) {
    const Seen seen = Watch(uplink, seed);
    all.layers += seen.layers / static_cast<double>(seeds.size());
    all.received_bps += seen.received_bps / static_cast<double>(seeds.size());
    all.voice_gap = std::max(all.voice_gap, seen.voice_gap);
  }
  return all;
}

TEST(ShardBadUplink, LowersNobodyElsesDownlink) {
  const Seen good = WatchAll({});
  ASSERT_GT(good.layers, 0.8);
  const LinkQuality lossy = {.jitter = Duration::Millis(40), .loss = 0.2};
  const LinkQuality full = {.capacity = DataRate::Kbps(300), .queue = Duration::Millis(400)};
  for (const LinkQuality& uplink : {lossy, full}) {
    const Seen bad = WatchAll(uplink);
    std::printf("bad uplink: layers %.2f (%.2f without), %.0f kbps (%.0f)\n", bad.layers,
                good.layers, bad.received_bps / 1000, good.received_bps / 1000);
    // What the first one's camera does not take is theirs. Which of them are up at a moment varies.
    EXPECT_GE(bad.received_bps, 0.95 * good.received_bps);
    EXPECT_GE(bad.layers, good.layers - 0.15);
    EXPECT_LE(bad.voice_gap, good.voice_gap + Duration::Millis(60));
  }
}

}  // namespace
}  // namespace conclave::sim
