#include "media/loudest.h"

#include <gtest/gtest.h>

#include <vector>

#include "media/audio_activity.h"
#include "media/talk_script.h"

namespace conclave::media {
namespace {

constexpr TrackId Track(size_t index) { return TrackId(static_cast<uint32_t>(index + 1)); }

TEST(Loudest, EmptyPlacesAreTakenByTheFirstWord) {
  Loudest loudest(2);
  EXPECT_FALSE(loudest.OnLevel(AtMs(0), Track(0), -80));
  const auto change = loudest.OnLevel(AtMs(0), Track(0), -30);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->place, 0u);
  EXPECT_EQ(change->left, TrackId());
  EXPECT_EQ(change->entered, Track(0));
  EXPECT_EQ(loudest.OnLevel(AtMs(0), Track(1), -30)->place, 1u);
  EXPECT_EQ(loudest.at(1), Track(1));
  EXPECT_FALSE(loudest.OnLevel(AtMs(0), Track(2), -30));
}

TEST(Loudest, SilenceDoesNotCostAPlaceUntilItIsNeeded) {
  Loudest loudest(1);
  loudest.OnLevel(AtMs(0), Track(0), -30);
  loudest.OnLevel(AtMs(60000), Track(0), -90);
  EXPECT_EQ(loudest.at(0), Track(0));
  const auto change = loudest.OnLevel(AtMs(60000), Track(1), -50);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->left, Track(0));
}

TEST(Loudest, AHoldersPlaceIsSafeForASecondAfterItSpoke) {
  Loudest loudest(1);
  AudioActivity activity;
  for (int64_t ms = 0; ms < 6000; ms += 20) {
    activity.OnLevel(AtMs(ms), ms < 3000 ? 30 : 127);
    loudest.OnLevel(AtMs(ms), Track(0), activity.Loudness(AtMs(ms)));
    if (ms < 500) continue;
    const bool taken = loudest.OnLevel(AtMs(ms), Track(1), -30).has_value();
    ASSERT_FALSE(taken && ms < 4000) << ms;
    if (taken) return;
    ASSERT_LT(ms, 4300);
  }
}

TEST(Loudest, OnlyAClearlyLouderOneTakesThePlaceOfASpeaker) {
  Loudest loudest(2);
  for (int64_t ms = 0; ms < 3000; ms += 20) {
    loudest.OnLevel(AtMs(ms), Track(0), -30);
    loudest.OnLevel(AtMs(ms), Track(1), -40);
    if (ms >= 1000) {
      ASSERT_FALSE(loudest.OnLevel(AtMs(ms), Track(2), -34.5F)) << ms;
    }
  }
  const auto change = loudest.OnLevel(AtMs(3000), Track(2), -33);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->left, Track(1));
}

TEST(Loudest, ANewcomerKeepsItsPlaceForASecond) {
  Loudest loudest(1);
  loudest.OnLevel(AtMs(0), Track(0), -50);
  EXPECT_FALSE(loudest.OnLevel(AtMs(500), Track(1), -10));
  EXPECT_TRUE(loudest.OnLevel(AtMs(1000), Track(1), -10));
}

TEST(Loudest, WhoLeavesFreesThePlace) {
  Loudest loudest(1);
  EXPECT_FALSE(loudest.Remove(Track(0)));
  loudest.OnLevel(AtMs(0), Track(0), -50);
  const auto change = loudest.Remove(Track(0));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->left, Track(0));
  EXPECT_EQ(change->entered, TrackId());
  EXPECT_TRUE(loudest.OnLevel(AtMs(1), Track(1), -50));
}

// A thousand open microphones, of which four at a time talk: whoever talks is heard within 100 ms
// (if a place has been silent for a second), and places seldom change.
TEST(Loudest, AThousandOpenMicrophones) {
  constexpr size_t kTracks = 1000;
  std::vector<Talker> talkers;
  std::vector<AudioActivity> activities(kTracks);
  for (size_t i = 0; i < kTracks; ++i) talkers.emplace_back(i + 1);
  // Every five seconds another three people talk for four seconds.
  constexpr int64_t kEndMs = 30000;
  for (int64_t ms = 0; ms < kEndMs; ms += 5000) {
    for (size_t i = 0; i < 3; ++i) {
      talkers[(static_cast<size_t>(ms) / 5000 * 37 + i * 111) % kTracks].Speak(ms + 1000,
                                                                               ms + 4500);
    }
  }
  Loudest loudest(4);
  int changes = 0;
  for (int64_t ms = 0; ms < kEndMs; ms += 20) {
    for (size_t i = 0; i < kTracks; ++i) {
      activities[i].OnLevel(AtMs(ms), talkers[i].Level(ms));
      if (loudest.OnLevel(AtMs(ms), Track(i), activities[i].Loudness(AtMs(ms)))) ++changes;
    }
    const int64_t in_round = ms % 5000;
    if (in_round < 1300 || in_round >= 4500) continue;
    for (size_t i = 0; i < 3; ++i) {
      const size_t talker = (static_cast<size_t>(ms) / 5000 * 37 + i * 111) % kTracks;
      ASSERT_TRUE(loudest.PlaceOf(Track(talker))) << ms << " " << talker;
    }
  }
  EXPECT_EQ(changes, 18);
}

// Six people talk at once over four places: nobody flickers.
TEST(Loudest, ABabbleChangesPlacesSeldom) {
  std::vector<Talker> talkers;
  for (size_t i = 0; i < 6; ++i) {
    talkers.emplace_back(100 + i, -24 - 2 * static_cast<int>(i));
    talkers.back().Speak(0, 60000);
  }
  std::vector<AudioActivity> activities(6);
  Loudest loudest(4);
  int changes = 0;
  for (int64_t ms = 0; ms < 60000; ms += 20) {
    for (size_t i = 0; i < 6; ++i) {
      activities[i].OnLevel(AtMs(ms), talkers[i].Level(ms));
      if (loudest.OnLevel(AtMs(ms), Track(i), activities[i].Loudness(AtMs(ms)))) ++changes;
    }
  }
  EXPECT_LT(changes, 30);
}

}  // namespace
}  // namespace conclave::media
