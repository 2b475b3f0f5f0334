#include "router/steady_allocator.h"

#include <gmock/gmock.h>

#include <array>
#include <vector>

#include "base/random.h"
#include "router/raise_budget.h"

namespace conclave::router {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using Layers = std::vector<std::optional<uint8_t>>;

constexpr Duration kReview = Duration::Millis(500);

// A receiver that sees cameras of three layers, as a room would ask for it.
class SteadyAllocatorTest : public testing::Test {
 protected:
  explicit SteadyAllocatorTest() { Cameras(8, 720); }

  void Cameras(size_t count, uint16_t height_px) {
    layers_.assign(count, {});
    demands_.assign(count, {});
    fell_at_.assign(count, Instant());
    for (size_t i = 0; i < count; ++i) {
      demands_[i] = {.layers = layers_[i], .height_px = height_px};
    }
    Waver(0);
  }

  // Every layer's rate is up to so much off.
  void Waver(int percent) {
    constexpr std::array<int64_t, 3> kBps = {150'000, 500'000, 1'500'000};
    for (auto& track : layers_) {
      for (size_t i = 0; i < track.size(); ++i) {
        const auto height_px = static_cast<uint16_t>(180 << i);
        track[i] = {true, height_px, DataRate::Bps(Off(kBps[i], percent))};
      }
    }
  }
  int64_t Off(int64_t value, int percent) {
    if (percent == 0) return value;
    return value *
           (1000 + random_.Next32() % (20 * static_cast<uint32_t>(percent)) - 10 * percent) / 1000;
  }

  // Returns how many tracks changed.
  int Update(std::optional<DataRate> budget) {
    const Allocation& allocation = allocator_.Update(now_, demands_, budget, scratch_);
    if (budget) {
      const int64_t most = SteadyAllocator::kDipPercent;
      EXPECT_LE(allocation.total, DataRate::Bps(budget->bps() * most / 100));
    }
    int switches = 0;
    for (size_t i = 0; i < demands_.size(); ++i) {
      const Grant& grant = allocation.grants[i];
      if (demands_[i].current != grant.layer) ++switches;
      if (grant.choice() && demands_[i].current && *grant.choice() < *demands_[i].current)
        fell_at_[i] = now_;
      demands_[i].current = grant.layer;
      demands_[i].starved = grant.pause == PauseReason::kLackOfRate;
    }
    next_step_ = allocation.next_step;
    now_ = now_ + kReview;
    for (size_t i = 0; i < demands_.size(); ++i) {
      demands_[i].fell = now_ - fell_at_[i] < SteadyAllocator::kSettle;
    }
    return switches;
  }
  int UpdateFor(Duration span, std::optional<DataRate> budget) {
    int switches = 0;
    const Instant end = now_ + span;
    while (now_ < end) switches += Update(budget);
    return switches;
  }
  // As it is after the first seconds, in which nothing is waited for.
  void Settled(int64_t kbps) {
    Update(DataRate::Kbps(kbps));
    UpdateFor(RaiseBudget::kJoining, DataRate::Kbps(kbps));
  }
  // Switches in a minute, after some time to settle, where budget and rates waver.
  double SwitchesPerMinute(int64_t kbps, int budget_percent, int rate_percent) {
    constexpr int kMinutes = 10;
    int switches = 0;
    for (Instant end = now_ + Duration::Seconds(60 * kMinutes); now_ < end;) {
      Waver(rate_percent);
      switches += Update(DataRate::Bps(Off(kbps * 1000, budget_percent)));
    }
    return static_cast<double>(switches) / kMinutes;
  }
  // The shortest times of any track.
  struct RampTimes {
    Duration between_switches = Duration::Seconds(1000);
    Duration from_fall_to_raise = Duration::Seconds(1000);
  };
  // Up from 1 to 14 Mbps within a minute, down again, and both once more.
  RampTimes Ramp(int budget_percent) {
    constexpr int kSteps = 120;
    Settled(1000);
    RampTimes times;
    std::vector<Instant> switched(demands_.size());
    std::vector<Instant> fell(demands_.size());
    for (int step = 0; step < 4 * kSteps; ++step) {
      const int there = step % (2 * kSteps);
      const int height = there < kSteps ? there : 2 * kSteps - 1 - there;
      const Layers before = Current();
      const Instant at = now_;
      Update(DataRate::Bps(Off(int64_t{1000 + 13000 * height / kSteps} * 1000, budget_percent)));
      const Layers after = Current();
      for (size_t i = 0; i < after.size(); ++i) {
        if (after[i] == before[i]) continue;
        const bool falls = after[i] < before[i];
        times.between_switches = std::min(times.between_switches, at - switched[i]);
        if (!falls) times.from_fall_to_raise = std::min(times.from_fall_to_raise, at - fell[i]);
        switched[i] = at;
        if (falls) fell[i] = at;
      }
    }
    for (const Instant last : switched) EXPECT_GT(last, Instant()) << "all of them did switch";
    return times;
  }
  Layers Current() const {
    Layers layers;
    for (const Demand& demand : demands_) {
      layers.push_back(demand.current ? std::optional(demand.current->layer) : std::nullopt);
    }
    return layers;
  }

  SeededRandom random_{7};
  Instant now_ = Instant() + Duration::Seconds(1000);
  SteadyAllocator allocator_;
  AllocationScratch scratch_;
  std::vector<std::array<media::LayerState, 3>> layers_;
  std::vector<Demand> demands_;
  std::vector<Instant> fell_at_;
  DataRate next_step_;
};

TEST_F(SteadyAllocatorTest, OnAGoodLinkEverybodyIsAtTheBestAtOnce) {
  Update(DataRate::Kbps(13'000));
  EXPECT_THAT(Current(), Each(std::optional<uint8_t>(2)));
  EXPECT_EQ(next_step_, DataRate());
}

TEST_F(SteadyAllocatorTest, TheSameInputChangesNothing) {
  Update(DataRate::Kbps(3000));
  EXPECT_EQ(UpdateFor(Duration::Seconds(60), DataRate::Kbps(3000)), 0);
}

TEST_F(SteadyAllocatorTest, AFallIsFollowedAtOnceAndARiseAfterAWhile) {
  Cameras(1, 720);
  Settled(2000);
  ASSERT_THAT(Current(), ElementsAre(2));
  Update(DataRate::Kbps(1400));
  EXPECT_THAT(Current(), ElementsAre(1));
  // The last seconds' lowest budget counts, so what fell short is waited out.
  UpdateFor(Duration::Millis(1500), DataRate::Kbps(1700));
  EXPECT_THAT(Current(), ElementsAre(1));
  UpdateFor(Duration::Seconds(3), DataRate::Kbps(1700));
  EXPECT_THAT(Current(), ElementsAre(2));
}

TEST_F(SteadyAllocatorTest, WhoJoinsRisesWithTheEstimateAtOnce) {
  Cameras(8, 720);
  Update(DataRate::Kbps(2500));
  Update(DataRate::Kbps(1700));
  Update(DataRate::Kbps(3000));
  const Allocation joined = allocator_.Update(now_, demands_, DataRate::Kbps(3000), scratch_);
  EXPECT_GE(joined.total, DataRate::Kbps(2600));
}

TEST_F(SteadyAllocatorTest, WhatFitsAmplyComesBackAtOnce) {
  Cameras(1, 720);
  Settled(2000);
  Update(DataRate::Kbps(400));
  ASSERT_THAT(Current(), ElementsAre(0));
  UpdateFor(Duration::Seconds(10), DataRate::Kbps(400));
  Update(DataRate::Kbps(1900));
  EXPECT_THAT(Current(), ElementsAre(0)) << "it may be gone in a moment";
  Update(DataRate::Kbps(1900));
  EXPECT_THAT(Current(), ElementsAre(2));
}

TEST_F(SteadyAllocatorTest, AfterASilenceNothingIsWaitedFor) {
  Cameras(2, 720);
  Settled(3200);
  Update(DataRate::Kbps(140));
  ASSERT_THAT(Current(), ElementsAre(0, std::nullopt));
  allocator_.Forget();
  Update(DataRate::Kbps(3200));
  EXPECT_THAT(Current(), ElementsAre(2, 2));
}

TEST_F(SteadyAllocatorTest, ADipTakesNoPictureAway) {
  Cameras(2, 720);
  Settled(320);
  ASSERT_THAT(Current(), ElementsAre(0, 0));
  Update(DataRate::Kbps(160));
  EXPECT_THAT(Current(), ElementsAre(0, 0));
  Update(DataRate::Kbps(320));
  Update(DataRate::Kbps(140));
  EXPECT_THAT(Current(), ElementsAre(0, std::nullopt)) << "far too little";
  Settled(320);
  UpdateFor(Duration::Seconds(60), DataRate::Kbps(320));
  ASSERT_THAT(Current(), ElementsAre(0, 0));
  UpdateFor(Duration::Seconds(3), DataRate::Kbps(250));
  EXPECT_THAT(Current(), ElementsAre(0, std::nullopt)) << "too little for too long";
}

TEST_F(SteadyAllocatorTest, FarMoreThanIsNeededIsTakenSoonAfterManyFailures) {
  Cameras(2, 720);
  Settled(3200);
  // Three times, each fall soon after a raise, so that caution has grown.
  for (int i = 0; i < 3; ++i) {
    Update(DataRate::Kbps(600));
    UpdateFor(Duration::Seconds(20), DataRate::Kbps(1100));
  }
  Update(DataRate::Kbps(600));
  UpdateFor(Duration::Seconds(4), DataRate::Kbps(4800));
  EXPECT_THAT(Current(), ElementsAre(2, 2));
}

TEST_F(SteadyAllocatorTest, EachFailedRaiseDoublesTheWait) {
  Cameras(1, 720);
  Settled(1700);
  std::vector<int64_t> waits_s;
  for (int i = 0; i < 6; ++i) {
    Update(DataRate::Kbps(1400));
    ASSERT_THAT(Current(), ElementsAre(1));
    const Instant fell = now_;
    while (Current()[0] != 2) Update(DataRate::Kbps(1700));
    waits_s.push_back((now_ - fell).us() / 1'000'000);
    ASSERT_LT(waits_s.back(), 40);
  }
  EXPECT_TRUE(std::ranges::is_sorted(waits_s));
  EXPECT_LE(waits_s.front(), 5);
  EXPECT_GE(waits_s.back(), 28);
}

TEST_F(SteadyAllocatorTest, FailuresAtALowRateAreNoWarningOfAFarHigherOne) {
  Cameras(1, 720);
  Settled(5000);
  for (int i = 0; i < 4; ++i) {
    UpdateFor(Duration::Seconds(2), DataRate::Kbps(310));
    UpdateFor(Duration::Seconds(31), DataRate::Kbps(600));
    ASSERT_EQ(demands_[0].current, 1) << i;
    Update(DataRate::Kbps(310));
  }
  UpdateFor(Duration::Seconds(5), DataRate::Kbps(1900));
  EXPECT_EQ(demands_[0].current, 2);
}

TEST_F(SteadyAllocatorTest, AWaveringBudgetHardlySwitches) {
  for (const int64_t kbps : {700, 1200, 1800, 3000, 5000, 8000}) {
    SCOPED_TRACE(kbps);
    allocator_ = SteadyAllocator();
    Cameras(8, 720);
    now_ = now_ + Duration::Seconds(100);
    Settled(kbps);
    int first_minute = 0;
    for (Instant end = now_ + Duration::Seconds(60); now_ < end;) {
      first_minute += Update(DataRate::Bps(Off(kbps * 1000, 5)));
    }
    EXPECT_LE(first_minute, 2);
    EXPECT_LE(SwitchesPerMinute(kbps, 10, 0), 6);
  }
}

TEST_F(SteadyAllocatorTest, WaveringEncodersAndBudgetHardlySwitch) {
  for (const int64_t kbps : {700, 1200, 1800, 3000, 5000, 8000}) {
    SCOPED_TRACE(kbps);
    allocator_ = SteadyAllocator();
    Cameras(8, 720);
    now_ = now_ + Duration::Seconds(100);
    Settled(kbps);
    EXPECT_LE(SwitchesPerMinute(kbps, 10, 10), 6);
  }
}

TEST_F(SteadyAllocatorTest, ACapacityAtAThresholdDoesNotPauseToAndFro) {
  Cameras(2, 720);
  EXPECT_LE(SwitchesPerMinute(300, 10, 10), 6);
  EXPECT_LE(SwitchesPerMinute(150, 10, 10), 6);
}

// A ramp must not have pictures taken up and down on its way.
TEST_F(SteadyAllocatorTest, ARampSwitchesEachTrackOnceInThreeSeconds) {
  EXPECT_GE(Ramp(0).between_switches, Duration::Seconds(3));
}

// A budget that falls takes what it must, but nothing that fell comes back for a moment.
TEST_F(SteadyAllocatorTest, AWaveringRampRaisesNothingThatFellAMomentAgo) {
  EXPECT_GE(Ramp(5).from_fall_to_raise, Duration::Seconds(3));
}

TEST_F(SteadyAllocatorTest, APinIsFollowedAtOnceWhereNothingMoreIsNeeded) {
  Cameras(4, 720);
  demands_[0].on_stage = true;
  Settled(2300);
  ASSERT_THAT(Current(), ElementsAre(2, 0, 0, 0));
  // Even while nothing may be raised.
  Update(DataRate::Kbps(2000));
  demands_[0].on_stage = false;
  demands_[2].on_stage = true;
  Update(DataRate::Kbps(2000));
  EXPECT_THAT(Current(), ElementsAre(0, 0, 2, 0));
}

TEST_F(SteadyAllocatorTest, ANewcomerIsShownAtOnceAtTheCostOfAnUpgrade) {
  Cameras(3, 720);
  const Demand newcomer = demands_.back();
  demands_.pop_back();
  Update(DataRate::Kbps(1100));
  ASSERT_THAT(Current(), ElementsAre(1, 1));
  demands_.push_back(newcomer);
  Update(DataRate::Kbps(1100));
  EXPECT_THAT(Current(), ElementsAre(1, 0, 0));
}

TEST_F(SteadyAllocatorTest, ASmallerTileGivesItsRateBackAtOnce) {
  Cameras(1, 720);
  Update(DataRate::Kbps(2000));
  ASSERT_THAT(Current(), ElementsAre(2));
  demands_[0].height_px = 180;
  Update(DataRate::Kbps(2000));
  EXPECT_THAT(Current(), ElementsAre(0));
}

TEST_F(SteadyAllocatorTest, WithoutALimitEverybodyGetsWhatTheTileNeeds) {
  Update(std::nullopt);
  EXPECT_THAT(Current(), Each(std::optional<uint8_t>(2)));
}

}  // namespace
}  // namespace conclave::router
