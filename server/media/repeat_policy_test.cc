#include "media/repeat_policy.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/random.h"

namespace conclave::media {
namespace {

constexpr DataRate kVoice = DataRate::Kbps(50);
constexpr DataRate kTarget = DataRate::Kbps(1000);
constexpr Duration kTravel = Duration::Millis(20);

class RepeatPolicyTest : public ::testing::Test {
 protected:
  // A voice of 50 packets a second, reported each 100 ms.
  void Talk(Duration time, double loss, Duration queue = {}, DataRate audio = kVoice,
            DataRate target = kTarget) {
    for (Duration t; t < time; t += Duration::Millis(20)) {
      now_ = now_ + Duration::Millis(20);
      const bool came = Comes(loss);
      policy_.OnPacket(now_, came);
      policy_.OnOutcome(now_, came);
      if (!came) lost_.insert(now_);
      for (int copy = 1; copy <= copies(); ++copy) due_.emplace(now_ + spacing() * copy, now_);
      SendCopies(loss);
      if (++packets_ % 5 != 0) continue;
      policy_.OnTravel(now_, kTravel + queue);
      policy_.Update(now_, audio, target);
    }
  }
  void SendCopies(double loss) {
    while (!due_.empty() && due_.begin()->first <= now_) {
      const Instant original = due_.begin()->second;
      due_.erase(due_.begin());
      if (Comes(loss) && lost_.erase(original) > 0) policy_.OnLateOutcome(original);
    }
  }
  bool Comes(double loss) { return random_.Next32() >= loss * 4294967296.0; }
  // All is lost for `away`, then nothing for `present`.
  void Bursts(int count, Duration away, Duration present) {
    for (int i = 0; i < count; ++i) {
      Talk(away, 1);
      Talk(present, 0);
    }
  }
  int copies() const { return policy_.plan().copies; }
  Duration spacing() const { return policy_.plan().spacing; }

  SeededRandom random_{7};
  RepeatPolicy policy_;
  Instant now_ = Instant::FromMicros(50'000'000);
  int packets_ = 0;
  // When copies leave, and of what; and of which packets nothing came yet.
  std::multimap<Instant, Instant> due_;
  std::set<Instant> lost_;
};

TEST_F(RepeatPolicyTest, NothingIsRepeatedWithoutLoss) {
  Talk(Duration::Seconds(60), 0);
  EXPECT_EQ(copies(), 0);
}

TEST_F(RepeatPolicyTest, OneLossIsNoReason) {
  Talk(Duration::Seconds(1), 0);
  Talk(Duration::Millis(40), 1);
  Talk(Duration::Seconds(1), 0);
  EXPECT_EQ(copies(), 0);
}

TEST_F(RepeatPolicyTest, TheMoreLossTheMoreCopies) {
  Talk(Duration::Seconds(3), 0.1);
  EXPECT_EQ(copies(), 1);
  EXPECT_GE(spacing(), Duration::Millis(20));
  EXPECT_LE(spacing(), Duration::Millis(60));
  Talk(Duration::Seconds(10), 0.3);
  EXPECT_EQ(copies(), 2);
  Talk(Duration::Seconds(20), 0.6);
  EXPECT_EQ(copies(), 3);
}

TEST_F(RepeatPolicyTest, ASmallLossIsNotWorthAWait) {
  Talk(Duration::Seconds(30), 0.03);
  EXPECT_EQ(copies(), 1);
  EXPECT_LE(spacing(), Duration::Millis(60));
}

TEST_F(RepeatPolicyTest, TheyAreTakenOffWhereLossEnds) {
  Talk(Duration::Seconds(10), 0.1);
  ASSERT_EQ(copies(), 1);
  Talk(Duration::Seconds(2), 0);
  EXPECT_EQ(copies(), 1);
  Talk(Duration::Seconds(20), 0);
  EXPECT_EQ(copies(), 0);
}

TEST_F(RepeatPolicyTest, ConstantLossDoesNotSwitchThemOnAndOff) {
  Talk(Duration::Seconds(10), 0.05);
  ASSERT_EQ(copies(), 1);
  for (int i = 0; i < 600; ++i) {
    Talk(Duration::Millis(100), 0.05);
    ASSERT_GE(copies(), 1);
  }
}

TEST_F(RepeatPolicyTest, BurstsSpreadThemOut) {
  Bursts(20, Duration::Millis(80), Duration::Millis(720));
  EXPECT_EQ(copies(), 2);
  EXPECT_GE(spacing(), Duration::Millis(70));
  EXPECT_LE(spacing(), RepeatPolicy::kSpacingMax);
}

TEST_F(RepeatPolicyTest, AQueueForbidsThem) {
  Talk(Duration::Seconds(10), 0.1);
  ASSERT_EQ(copies(), 1);
  Talk(Duration::Seconds(1), 0.1, Duration::Millis(150));
  EXPECT_EQ(copies(), 0);
  // A moment after the queue has gone they are still off, and then they come back.
  Talk(Duration::Seconds(1), 0.1);
  EXPECT_EQ(copies(), 0);
  Talk(Duration::Seconds(3), 0.1);
  EXPECT_EQ(copies(), 1);
}

TEST_F(RepeatPolicyTest, WhatAQueueLostAsksForNoneAfterIt) {
  Talk(Duration::Seconds(1), 0);
  Talk(Duration::Millis(700), 0.3, Duration::Millis(250));
  ASSERT_GT(policy_.loss().share(), RepeatPolicy::kOneCopy);
  for (int i = 0; i < 100; ++i) {
    Talk(Duration::Millis(100), 0);
    ASSERT_EQ(copies(), 0);
  }
  Talk(Duration::Seconds(3), 0.1);
  EXPECT_EQ(copies(), 1) << "what is lost without it does";
}

TEST_F(RepeatPolicyTest, AShortSpikeOfDelayIsNoQueue) {
  Talk(Duration::Seconds(10), 0.1);
  Talk(Duration::Millis(300), 0.1, Duration::Millis(150));
  EXPECT_EQ(copies(), 1);
}

TEST_F(RepeatPolicyTest, WhereTheyBringTheQueueBackTheyWaitLonger) {
  Duration off;
  for (int round = 0; round < 4; ++round) {
    while (copies() == 0) {
      Talk(Duration::Millis(100), 0.1);
      off += round == 3 ? Duration::Millis(100) : Duration();
    }
    Talk(Duration::Seconds(2), 0.1, Duration::Millis(150));
    ASSERT_EQ(copies(), 0);
  }
  EXPECT_GT(off, RepeatPolicy::kHold * 3);
}

TEST_F(RepeatPolicyTest, ALongerPathIsForgivenInTime) {
  Talk(Duration::Seconds(40), 0.1);
  Talk(Duration::Seconds(70), 0.1, Duration::Millis(150));
  EXPECT_GE(copies(), 1);
}

TEST_F(RepeatPolicyTest, AnotherRouteIsMeasuredAnew) {
  Talk(Duration::Seconds(10), 0.1);
  policy_.OnRouteChange();
  Talk(Duration::Seconds(3), 0.1, Duration::Millis(150));
  EXPECT_EQ(copies(), 1);
}

TEST_F(RepeatPolicyTest, ManyVoicesGetFewerCopiesOnANarrowPath) {
  Talk(Duration::Seconds(20), 0.3, {}, DataRate::Kbps(200), DataRate::Kbps(300));
  EXPECT_EQ(copies(), 1);
  Talk(Duration::Seconds(1), 0.3, {}, DataRate::Kbps(200), DataRate::Kbps(2000));
  EXPECT_EQ(copies(), 2);
}

// A path that carries 90 % of one voice: a copy of each makes it lose more than half, at any delay.
TEST_F(RepeatPolicyTest, WhereTheyCauseTheLossTheyStayOff) {
  int with = 0;
  for (int i = 0; i < 600; ++i) {
    with += copies() > 0 ? 1 : 0;
    Talk(Duration::Millis(100), 1 - 0.9 / (1 + copies()));
  }
  EXPECT_GT(with, 20);
  EXPECT_LT(with, 90);
}

// The same where the path was lossy first: once more than before is missing, it is tried again.
TEST_F(RepeatPolicyTest, ALossyPathThatGetsFullLosesItsCopies) {
  Talk(Duration::Seconds(60), 0.1);
  ASSERT_GE(copies(), 1);
  int with = 0;
  for (int i = 0; i < 600; ++i) {
    with += copies() > 0 ? 1 : 0;
    Talk(Duration::Millis(100), 1 - 0.8 / (1 + copies()));
  }
  EXPECT_LT(with, 180);
}

TEST_F(RepeatPolicyTest, NoLossByChanceIsTakenForTheirOwn) {
  for (const double loss : {0.05, 0.1, 0.2, 0.3, 0.4}) {
    policy_ = RepeatPolicy();
    Talk(Duration::Seconds(20), loss);
    int without = 0;
    for (int i = 0; i < 3000; ++i) {
      without += copies() == 0 ? 1 : 0;
      Talk(Duration::Millis(100), loss);
    }
    EXPECT_LT(without, 60) << loss;
  }
}

TEST_F(RepeatPolicyTest, WhatComesAfterAllIsNotMissing) {
  for (int i = 0; i < 3000; ++i) {
    const bool lost = i % 4 == 0;
    now_ = now_ + Duration::Millis(20);
    policy_.OnPacket(now_, !lost);
    policy_.OnOutcome(now_, !lost);
    if (lost) policy_.OnLateOutcome(now_);
    policy_.Update(now_, kVoice, kTarget);
    if (i > 200) {
      ASSERT_GT(copies(), 0) << i;
    }
  }
}

TEST_F(RepeatPolicyTest, HeavyLossThatBeginsInTheCallIsTriedOnceAndRepaired) {
  Talk(Duration::Seconds(30), 0);
  Talk(Duration::Seconds(10), 0.5);
  int without = 0;
  for (int i = 0; i < 300; ++i) {
    without += copies() == 0 ? 1 : 0;
    Talk(Duration::Millis(100), 0.5);
  }
  EXPECT_LT(without, 10);
  EXPECT_EQ(copies(), 3);
}

TEST_F(RepeatPolicyTest, ALatePacketIsNoLoss) {
  for (int i = 0; i < 500; ++i) {
    Talk(Duration::Millis(20), i % 5 == 0 ? 1 : 0);
    if (i % 5 == 0) policy_.OnLate();
  }
  EXPECT_EQ(copies(), 0);
}

}  // namespace
}  // namespace conclave::media
