// A path that goes bad and gets well again: how soon the picture is back, and what was missing
// meanwhile. The ladder and the encoder's start are those of a browser's camera.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

constexpr DataRate kWide = DataRate::Kbps(3000);

JoinOptions Publisher() {
  JoinOptions options;
  options.pace.video = Duration::Millis(33);
  // 150, 500 and 1700 kbps.
  options.pace.frame_bytes = {625, 2083, 7083};
  options.encoder_restart = Duration::Millis(600);
  return options;
}

LinkQuality Good() { return {.delay = Duration::Millis(10), .in_order = true, .capacity = kWide}; }

class ShardRecovery : public ::testing::TestWithParam<uint64_t> {
 protected:
  ShardRecovery() : harness_({.seed = GetParam()}) {
    publisher_ = harness_.Join(Publisher());
    harness_.world.RunFor(Duration::Seconds(3));
    harness_.media(publisher_).track(publisher_.microphone).set_level(20);
    JoinOptions options;
    options.microphone = options.camera = false;
    options.transport_cc = true;
    options.downlink = Good();
    options.uplink.delay = Duration::Millis(10);
    viewer_ = harness_.Join(options);
    harness_.SetLayout(viewer_, {{.track = publisher_.camera, .height_px = 720, .on_stage = true}});
    harness_.world.RunFor(Duration::Seconds(10 + static_cast<int64_t>(GetParam()) % 5));
  }
  const SlotReceiverStats& Video() { return harness_.SlotOf(viewer_, publisher_.camera)->stats(); }
  int Layer() { return harness_.SlotOf(viewer_, publisher_.camera)->current_layer(); }
  // The longest time without a new picture.
  Duration LongestGap(Duration span) {
    const Instant end = harness_.world.now() + span;
    Instant last = harness_.world.now();
    uint64_t frames = Video().frames_decoded;
    Duration longest;
    while (harness_.world.now() < end) {
      harness_.world.RunFor(Duration::Millis(10));
      longest = std::max(longest, harness_.world.now() - last);
      if (Video().frames_decoded == frames) continue;
      frames = Video().frames_decoded;
      last = harness_.world.now();
    }
    return longest;
  }
  double Fps(Duration span) {
    const uint64_t frames = Video().frames_decoded;
    harness_.world.RunFor(span);
    return static_cast<double>(Video().frames_decoded - frames) / span.seconds();
  }
  Duration TimeToLayer(int layer, Duration limit) {
    const Instant start = harness_.world.now();
    while (harness_.world.now() - start < limit && Layer() != layer) {
      harness_.world.RunFor(Duration::Millis(20));
    }
    return harness_.world.now() - start;
  }
  Duration TimeToPicture(Duration limit) {
    const Instant start = harness_.world.now();
    const uint64_t frames = Video().frames_decoded;
    while (harness_.world.now() - start < limit && Video().frames_decoded < frames + 3) {
      harness_.world.RunFor(Duration::Millis(20));
    }
    return harness_.world.now() - start;
  }

  ShardHarness harness_;
  Joined publisher_;
  Joined viewer_;
};

TEST_P(ShardRecovery, Narrow) {
  const int first = Layer();
  LinkQuality narrow = Good();
  narrow.capacity = DataRate::Kbps(500);
  harness_.SetDownlink(viewer_, narrow);
  const Duration gap = LongestGap(Duration::Seconds(15));
  harness_.SetDownlink(viewer_, Good());
  const Duration back = TimeToLayer(2, Duration::Seconds(20));
  std::printf("seed %d narrow: first %d, gap %lld ms, back %lld ms\n", static_cast<int>(GetParam()),
              first, static_cast<long long>(gap.ms()), static_cast<long long>(back.ms()));
  EXPECT_LE(gap, Duration::Millis(1500));
  EXPECT_LE(back, Duration::Seconds(5));
}

TEST_P(ShardRecovery, LongerPath) {
  LinkQuality far = Good();
  far.delay = Duration::Millis(190);
  harness_.SetDownlink(viewer_, far);
  const Duration gap = LongestGap(Duration::Seconds(20));
  const Duration back = TimeToLayer(2, Duration::Seconds(20));
  // Hardly longer than what the first picture on the longer path is on its way for.
  EXPECT_LE(gap, Duration::Millis(300));
  EXPECT_LE(back, Duration::Millis(500));
  std::printf("seed %d rtt: gap %lld ms, then full after %lld ms\n", static_cast<int>(GetParam()),
              static_cast<long long>(gap.ms()), static_cast<long long>(back.ms()));
}

TEST_P(ShardRecovery, Jitter) {
  LinkQuality link = Good();
  link.jitter = Duration::Millis(20);
  harness_.SetDownlink(viewer_, link);
  const Duration gap = LongestGap(Duration::Seconds(20));
  EXPECT_LE(gap, Duration::Millis(150));
  EXPECT_EQ(Layer(), 2);
  std::printf("seed %d jitter: gap %lld ms, layer %d\n", static_cast<int>(GetParam()),
              static_cast<long long>(gap.ms()), Layer());
}

TEST_P(ShardRecovery, Loss) {
  for (const double loss : {.05, .2, .3}) {
    LinkQuality link = Good();
    link.loss = loss;
    harness_.SetDownlink(viewer_, link);
    const uint64_t frames = Video().frames_decoded;
    const Duration gap = LongestGap(Duration::Seconds(20));
    const double fps = static_cast<double>(Video().frames_decoded - frames) / 20;
    const int layer = Layer();
    harness_.SetDownlink(viewer_, Good());
    const Duration back = TimeToLayer(2, Duration::Seconds(20));
    std::printf("seed %d loss %.2f: fps %.1f gap %lld ms, layer %d, back %lld ms\n",
                static_cast<int>(GetParam()), loss, fps, static_cast<long long>(gap.ms()), layer,
                static_cast<long long>(back.ms()));
    // Losses that no queue explains take no layer, and nearly no picture.
    EXPECT_EQ(layer, 2) << loss;
    EXPECT_GE(fps, loss < 0.25 ? 29 : 26) << loss;
    EXPECT_LE(gap, Duration::Millis(loss < 0.25 ? 1000 : 1500)) << loss;
    EXPECT_LE(back, Duration::Millis(500)) << loss;
    harness_.world.RunFor(Duration::Seconds(3));
  }
}

TEST_P(ShardRecovery, Outage) {
  LinkQuality link = Good();
  link.loss = 1;
  harness_.SetDownlink(viewer_, link);
  harness_.world.RunFor(Duration::Seconds(5));
  harness_.SetDownlink(viewer_, Good());
  const Duration picture = TimeToPicture(Duration::Seconds(20));
  const Duration back = picture + TimeToLayer(2, Duration::Seconds(20));
  EXPECT_LE(picture, Duration::Millis(1500));
  EXPECT_LE(back, Duration::Seconds(3));
  std::printf("seed %d outage: picture %lld ms, full %lld ms\n", static_cast<int>(GetParam()),
              static_cast<long long>(picture.ms()), static_cast<long long>(back.ms()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, ShardRecovery, ::testing::Range<uint64_t>(1, 6));

}  // namespace
}  // namespace conclave::sim
