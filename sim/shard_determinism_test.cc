// A seed is a run, to the last byte of every ciphertext: without that no failure can be repeated.
#include <gtest/gtest.h>

#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

// A bit of everything that draws or measures: handshakes, simulcast, loss in bursts, reordering, a
// narrow link with a queue, copies of audio, probes, somebody who comes late and somebody who goes.
uint64_t SentHash(uint64_t seed) {
  WorldConfig config;
  config.seed = seed;
  ShardHarness harness(config);
  const Joined a = harness.Join({.transport_cc = true});
  const Joined b = harness.Join({.transport_cc = true,
                                 .uplink = {.jitter = Duration::Millis(20), .loss = 0.02},
                                 .downlink = {.loss = 0.1, .loss_burst = Duration::Millis(40)}});
  harness.SetLayout(b, {{.track = a.camera, .height_px = 720, .on_stage = true}});
  harness.world.RunFor(Duration::Seconds(1));
  harness.media(a).track(a.microphone).set_level(20);
  harness.world.RunFor(Duration::Seconds(4));
  const Joined late = harness.Join(
      {.transport_cc = true,
       .downlink = {
           .duplicate = 0.01, .capacity = DataRate::Kbps(700), .queue = Duration::Millis(200)}});
  harness.SetLayout(late, {{.track = a.camera, .height_px = 720}, {.track = b.camera}});
  harness.world.RunFor(Duration::Seconds(5));
  harness.Leave(b);
  harness.world.RunFor(Duration::Seconds(2));
  EXPECT_GT(harness.world.shard().stats().audio_copies, 0u);
  return harness.world.sent_hash();
}

TEST(ShardDeterminism, TheSameSeedSendsTheSameBytes) {
  const uint64_t first = SentHash(5);
  EXPECT_EQ(first, SentHash(5));
  EXPECT_NE(first, SentHash(6));
  RecordProperty("hash", std::to_string(first));
}

}  // namespace
}  // namespace conclave::sim
