#include "media/bwe/remb_fallback.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

Instant At(int millis) { return Instant() + Duration::Millis(millis); }

SendPlan Plan() {
  SendPlan plan;
  plan.target = DataRate::Kbps(2000);
  plan.pacing = DataRate::Kbps(2200);
  plan.window_bytes = 20'000;
  return plan;
}

TEST(RembFallback, LeavesAPlanAloneWhileTransportFeedbackComes) {
  RembFallback remb{BandwidthConfig()};
  for (int at = 0; at <= 5000; at += 50) {
    remb.OnSent(At(at));
    remb.OnTransportFeedback();
    remb.OnRemb(DataRate::Kbps(800), At(at));
  }
  remb.OnSent(At(5010));
  EXPECT_FALSE(remb.active(At(5050)));
  EXPECT_EQ(remb.Apply(Plan(), At(5050)).target, DataRate::Kbps(2000)) << "REMB is no limit then";
  EXPECT_EQ(remb.Apply(Plan(), At(5050)).window_bytes, 20'000);
}

TEST(RembFallback, WhoSendsNothingIsNotWaitedFor) {
  RembFallback remb{BandwidthConfig()};
  remb.OnSent(At(0));
  remb.OnTransportFeedback();
  EXPECT_FALSE(remb.active(At(60'000)));
  remb.OnSent(At(60'000));
  EXPECT_EQ(remb.silence(At(60'500)), Duration::Millis(500));
  EXPECT_FALSE(remb.active(At(62'000)));
  EXPECT_TRUE(remb.active(At(62'001)));
}

TEST(RembFallback, IsAllThereIsWhereFeedbackStops) {
  RembFallback remb{BandwidthConfig()};
  remb.OnSent(At(0));
  remb.OnTransportFeedback();
  remb.OnSent(At(1000));
  remb.OnRemb(DataRate::Kbps(3000), At(2900));
  EXPECT_FALSE(remb.active(At(3000)));
  EXPECT_TRUE(remb.active(At(3001)));
  const SendPlan plan = remb.Apply(Plan(), At(3001));
  EXPECT_EQ(plan.target, DataRate::Kbps(3000));
  EXPECT_EQ(plan.pacing, DataRate::Kbps(7500));
  // Nothing would open a window again.
  EXPECT_EQ(plan.window_bytes, 0);
  remb.OnTransportFeedback();
  EXPECT_EQ(remb.Apply(Plan(), At(3002)).target, DataRate::Kbps(2000));
}

TEST(RembFallback, WithoutAnyNewsNoMoreThanTheStart) {
  RembFallback remb{BandwidthConfig()};
  EXPECT_FALSE(remb.active(At(60'000)));
  remb.OnSent(At(0));
  remb.OnRemb(DataRate::Kbps(3000), At(500));
  EXPECT_EQ(remb.Apply(Plan(), At(2500)).target, DataRate::Kbps(3000));
  EXPECT_EQ(remb.Apply(Plan(), At(9000)).target, BandwidthConfig().start);
}

TEST(RembFallback, AHostileLimitStaysWithinTheBounds) {
  RembFallback remb{BandwidthConfig()};
  remb.OnSent(At(0));
  remb.OnRemb(DataRate::Bps(0), At(3000));
  EXPECT_EQ(remb.Apply(Plan(), At(3010)).target, BandwidthConfig().min);
  remb.OnRemb(DataRate::Bps(INT64_MAX), At(3000));
  EXPECT_EQ(remb.Apply(Plan(), At(3010)).target, BandwidthConfig().max);
}

}  // namespace
}  // namespace conclave::media
