#include "media/layer_activity.h"

#include <gtest/gtest.h>

#include <array>

#include "media/test_support.h"

namespace conclave::media {
namespace {

TEST(LayerActivity, ALayerIsThereFromItsFirstPacket) {
  LayerActivity activity;
  EXPECT_FALSE(activity.Available(0));
  activity.OnPacket(AtMs(0), 0, {.size_bytes = 100});
  EXPECT_TRUE(activity.Available(0));
  EXPECT_FALSE(activity.Available(1));
  activity.OnPacket(AtMs(0), kLayersMax, {.size_bytes = 100});
  EXPECT_FALSE(activity.Available(kLayersMax));
}

TEST(LayerActivity, ALayerThatStopsWhileOthersGoOnIsGone) {
  LayerActivity activity;
  activity.OnPacket(AtMs(0), 1, {.size_bytes = 100});
  for (int64_t ms = 0; ms <= 1000; ms += 50) activity.OnPacket(AtMs(ms), 0, {.size_bytes = 100});
  EXPECT_TRUE(activity.Available(1));
  activity.OnPacket(AtMs(1050), 0, {.size_bytes = 100});
  EXPECT_FALSE(activity.Available(1));
  activity.OnPacket(AtMs(1100), 1, {.size_bytes = 100});
  EXPECT_TRUE(activity.Available(1));
}

TEST(LayerActivity, ATrackThatPausesAsAWholeLosesNothing) {
  LayerActivity activity;
  activity.OnPacket(AtMs(0), 0, {.size_bytes = 100});
  activity.OnPacket(AtMs(1), 1, {.size_bytes = 100});
  EXPECT_TRUE(activity.Available(0));
  EXPECT_TRUE(activity.Available(1));
  EXPECT_EQ(activity.Rate(AtMs(60000), 1), DataRate());
}

TEST(LayerActivity, MeasuresTheRate) {
  LayerActivity activity;
  EXPECT_EQ(activity.Rate(AtMs(0), 0), DataRate());
  // 1250 bytes every 10 ms: 1 Mbps.
  int64_t ms = 0;
  for (; ms < 3000; ms += 10) activity.OnPacket(AtMs(ms), 0, {.size_bytes = 1250});
  EXPECT_NEAR(static_cast<double>(activity.Rate(AtMs(ms), 0).kbps()), 1000, 10);
  for (; ms < 6000; ms += 10) activity.OnPacket(AtMs(ms), 0, {.size_bytes = 250});
  EXPECT_NEAR(static_cast<double>(activity.Rate(AtMs(ms), 0).kbps()), 200, 30);
}

TEST(LayerActivity, APauseDoesNotCountIntoTheRate) {
  LayerActivity activity;
  int64_t ms = 0;
  for (; ms < 2000; ms += 10) activity.OnPacket(AtMs(ms), 0, {.size_bytes = 1250});
  for (ms += 60000; ms < 64000; ms += 10) activity.OnPacket(AtMs(ms), 0, {.size_bytes = 1250});
  EXPECT_NEAR(static_cast<double>(activity.Rate(AtMs(ms), 0).kbps()), 1000, 10);
}

// 30 frames in a second of 1000 bytes and 250 kbps, one packet each; every `key_every`-th is a key
// frame of 10 packets, which take 50 ms to arrive.
DataRate RateWithKeyFrames(int frames, int key_every) {
  LayerActivity activity;
  Instant end;
  for (int frame = 0; frame < frames; ++frame) {
    const bool key = frame % key_every == 0;
    for (int i = 0; i < (key ? 10 : 1); ++i) {
      end = AtMs(frame * 1000 / 30 + 5 * i);
      activity.OnPacket(
          end, 0, {.size_bytes = 1000, .key_frame = key && i == 0, .timestamp = 3000 * frame});
    }
  }
  return activity.Rate(end, 0);
}

TEST(LayerActivity, KeyFramesDoNotCountIntoTheRate) {
  for (const int frames : {40, 62, 64, 75, 90}) {
    EXPECT_NEAR(static_cast<double>(RateWithKeyFrames(frames, 60).kbps()), 240, 15) << frames;
    EXPECT_NEAR(static_cast<double>(RateWithKeyFrames(frames, 10).kbps()), 240, 15) << frames;
  }
}

TEST(LayerActivity, AStreamOfKeyFramesHasARateAllTheSame) {
  EXPECT_NEAR(static_cast<double>(RateWithKeyFrames(60, 1).kbps()), 2400, 300);
}

TEST(LayerActivity, ASourceThatGoesBackInTimeIsCounted) {
  LayerActivity activity;
  activity.OnPacket(AtMs(0), 0, {.size_bytes = 1000, .key_frame = true, .timestamp = 1'000'000});
  int64_t ms = 100;
  for (; ms < 4000; ms += 10) {
    activity.OnPacket(AtMs(ms), 0, {.size_bytes = 1250, .timestamp = 90 * ms});
  }
  EXPECT_NEAR(static_cast<double>(activity.Rate(AtMs(ms), 0).kbps()), 1000, 50);
}

TEST(LayerActivity, MeasuresTheFrameRate) {
  LayerActivity activity;
  EXPECT_EQ(activity.FrameRate(0), std::nullopt);
  int64_t ms = 0;
  const auto send = [&](int64_t until_ms, int64_t interval_ms) {
    for (; ms < until_ms; ms += interval_ms) {
      // Two packets each; those of the frame before come again.
      for (const int64_t frame : {ms, ms, ms - interval_ms}) {
        activity.OnPacket(AtMs(ms), 0, {.size_bytes = 1000, .timestamp = 90 * frame});
      }
    }
  };
  send(1000, 100);
  EXPECT_EQ(activity.FrameRate(0), 10);
  send(3000, 40);
  EXPECT_NEAR(activity.FrameRate(0).value_or(0), 25, 1);
  // Neither a pause nor a source that begins anew is a frame rate.
  ms += 10'000;
  send(13'100, 40);
  EXPECT_NEAR(activity.FrameRate(0).value_or(0), 25, 1);
  activity.OnPacket(AtMs(ms), 0, {.size_bytes = 1000, .timestamp = -1'000'000'000});
  EXPECT_NEAR(activity.FrameRate(0).value_or(0), 25, 1);
}

TEST(LayerActivity, MeasuresWhatTemporalLayersNeed) {
  LayerActivity activity;
  EXPECT_EQ(activity.Shares(0, 3), TypicalShares(3));
  // T0, T2, T1, T2.
  constexpr std::array<uint8_t, 4> kTemporal = {0, 2, 1, 2};
  constexpr std::array<size_t, 3> kBytes = {5000, 3000, 1000};
  for (int64_t i = 0; i < 150; ++i) {
    const uint8_t temporal = kTemporal[static_cast<size_t>(i % 4)];
    activity.OnPacket(AtMs(i * 33), 0,
                      {.size_bytes = kBytes[temporal], .temporal_layer = temporal});
  }
  const TemporalShares shares = activity.Shares(0, 3);
  EXPECT_NEAR(shares[0], 50, 3);
  EXPECT_NEAR(shares[1], 80, 3);
  EXPECT_EQ(shares[2], 100);
  EXPECT_EQ(activity.Shares(0, 1), TypicalShares(1)) << "all of it is one layer";
}

}  // namespace
}  // namespace conclave::media
