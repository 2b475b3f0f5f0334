#include "media/layer_activity.h"

#include <gtest/gtest.h>

#include "media/test_support.h"

namespace conclave::media {
namespace {

TEST(LayerActivity, ALayerIsThereFromItsFirstPacket) {
  LayerActivity activity;
  EXPECT_FALSE(activity.Available(0));
  activity.OnPacket(AtMs(0), 0, 100);
  EXPECT_TRUE(activity.Available(0));
  EXPECT_FALSE(activity.Available(1));
  activity.OnPacket(AtMs(0), kLayersMax, 100);
  EXPECT_FALSE(activity.Available(kLayersMax));
}

TEST(LayerActivity, ALayerThatStopsWhileOthersGoOnIsGone) {
  LayerActivity activity;
  activity.OnPacket(AtMs(0), 1, 100);
  for (int64_t ms = 0; ms <= 1000; ms += 50) activity.OnPacket(AtMs(ms), 0, 100);
  EXPECT_TRUE(activity.Available(1));
  activity.OnPacket(AtMs(1050), 0, 100);
  EXPECT_FALSE(activity.Available(1));
  activity.OnPacket(AtMs(1100), 1, 100);
  EXPECT_TRUE(activity.Available(1));
}

TEST(LayerActivity, ATrackThatPausesAsAWholeLosesNothing) {
  LayerActivity activity;
  activity.OnPacket(AtMs(0), 0, 100);
  activity.OnPacket(AtMs(1), 1, 100);
  EXPECT_TRUE(activity.Available(0));
  EXPECT_TRUE(activity.Available(1));
  EXPECT_EQ(activity.Rate(AtMs(60000), 1), DataRate());
}

TEST(LayerActivity, MeasuresTheRate) {
  LayerActivity activity;
  EXPECT_EQ(activity.Rate(AtMs(0), 0), DataRate());
  // 1250 bytes every 10 ms: 1 Mbps.
  int64_t ms = 0;
  for (; ms < 3000; ms += 10) activity.OnPacket(AtMs(ms), 0, 1250);
  EXPECT_NEAR(static_cast<double>(activity.Rate(AtMs(ms), 0).kbps()), 1000, 10);
  for (; ms < 6000; ms += 10) activity.OnPacket(AtMs(ms), 0, 250);
  EXPECT_NEAR(static_cast<double>(activity.Rate(AtMs(ms), 0).kbps()), 200, 30);
}

TEST(LayerActivity, APauseDoesNotCountIntoTheRate) {
  LayerActivity activity;
  int64_t ms = 0;
  for (; ms < 2000; ms += 10) activity.OnPacket(AtMs(ms), 0, 1250);
  for (ms += 60000; ms < 64000; ms += 10) activity.OnPacket(AtMs(ms), 0, 1250);
  EXPECT_NEAR(static_cast<double>(activity.Rate(AtMs(ms), 0).kbps()), 1000, 10);
}

}  // namespace
}  // namespace conclave::media
