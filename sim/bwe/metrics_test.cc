#include "sim/bwe/metrics.h"

#include <gtest/gtest.h>

namespace conclave::sim {
namespace {

TEST(Metrics, AudioThatMayStillArriveInTimeIsNotBad) {
  FlowStats flow;
  flow.audio_sent = 10;
  flow.audio_in_time = 7;
  // The first of these was lost or comes too late, the others may come in time.
  flow.audio_on_way = {{8, kSecond - 1}, {9, kSecond}, {10, 2 * kSecond}};
  EXPECT_DOUBLE_EQ(AudioBadPercent(flow, kSecond), 100.0 / 8);
  EXPECT_DOUBLE_EQ(AudioBadPercent(flow, 3 * kSecond), 30);
}

TEST(Metrics, NoAudioIsNotBad) { EXPECT_EQ(AudioBadPercent(FlowStats(), kSecond), 0); }

}  // namespace
}  // namespace conclave::sim
