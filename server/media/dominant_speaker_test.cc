#include "media/dominant_speaker.h"

#include <gtest/gtest.h>

#include <vector>

#include "media/talk_script.h"

namespace conclave::media {
namespace {

constexpr TrackId Track(size_t index) { return TrackId(static_cast<uint32_t>(index + 1)); }

struct Change {
  int64_t ms;
  TrackId track;
  bool operator==(const Change&) const = default;
};

// What the picture would do over a scripted meeting.
std::vector<Change> Play(std::vector<Talker>& talkers, int64_t end_ms) {
  DominantSpeaker speaker;
  std::vector<AudioActivity> activities(talkers.size());
  std::vector<Change> changes;
  for (int64_t ms = 0; ms < end_ms; ms += 20) {
    for (size_t i = 0; i < talkers.size(); ++i) {
      activities[i].OnLevel(AtMs(ms), talkers[i].Level(ms));
      if (speaker.OnActivity(AtMs(ms), Track(i), activities[i])) {
        changes.push_back({ms, speaker.dominant()});
      }
    }
  }
  return changes;
}

std::vector<Talker> People(size_t count, uint64_t seed) {
  std::vector<Talker> talkers;
  for (size_t i = 0; i < count; ++i) talkers.emplace_back(seed * 100 + i);
  return talkers;
}

class DominantSpeakerTest : public testing::TestWithParam<uint64_t> {};

TEST_P(DominantSpeakerTest, NobodyUntilSomebodySpeaks) {
  auto people = People(3, GetParam());
  EXPECT_TRUE(Play(people, 20000).empty());
}

TEST_P(DominantSpeakerTest, TheFirstWordTakesTheFloor) {
  auto people = People(3, GetParam());
  people[1].Speak(5000, 10000);
  const auto changes = Play(people, 20000);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].track, Track(1));
  EXPECT_LT(changes[0].ms, 5500);
}

TEST_P(DominantSpeakerTest, TurnsAreFollowedWithinASecondAndAHalf) {
  auto people = People(3, GetParam());
  people[0].Speak(0, 8000);
  people[1].Speak(8300, 16000);
  people[2].Speak(16300, 24000);
  people[0].Speak(24300, 32000);
  const auto changes = Play(people, 40000);
  ASSERT_EQ(changes.size(), 4u);
  const std::vector<Change> turns = {
      {0, Track(0)}, {8300, Track(1)}, {16300, Track(2)}, {24300, Track(0)}};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(changes[i].track, turns[i].track);
    EXPECT_LT(changes[i].ms - turns[i].ms, 1500) << i;
  }
}

TEST_P(DominantSpeakerTest, ACoughDoesNotSwitch) {
  auto people = People(3, GetParam());
  people[0].Speak(0, 20000);
  // While the other speaks, and into a pause of thinking.
  people[1].Noise(5000, 5400);
  people[2].Noise(9000, 9400);
  people[1].Noise(22000, 22400);
  EXPECT_EQ(Play(people, 30000).size(), 1u);
}

TEST_P(DominantSpeakerTest, AShortYesDoesNotSwitch) {
  auto people = People(2, GetParam());
  people[0].Speak(0, 30000);
  for (int64_t ms = 3000; ms < 30000; ms += 3000) people[1].Speak(ms, ms + 400);
  EXPECT_EQ(Play(people, 30000).size(), 1u);
}

TEST_P(DominantSpeakerTest, TwoWhoTalkAtOnceDoNotFlicker) {
  auto people = People(2, GetParam());
  people[0].Speak(0, 30000);
  people[1].Speak(5000, 30000);
  EXPECT_EQ(Play(people, 30000).size(), 1u);
}

TEST_P(DominantSpeakerTest, AClearlyLouderSpeakerTakesTheFloor) {
  std::vector<Talker> people;
  people.emplace_back(GetParam(), -38);
  people.emplace_back(GetParam() + 100, -24);
  people[0].Speak(0, 20000);
  people[1].Speak(5000, 20000);
  const auto changes = Play(people, 20000);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[1].track, Track(1));
  EXPECT_GE(changes[1].ms, 5980);
  EXPECT_LT(changes[1].ms, 7500);
}

TEST_P(DominantSpeakerTest, SomebodyTypingDoesNotGetTheFloor) {
  auto people = People(2, GetParam());
  people[0].Speak(0, 5000);
  for (int64_t ms = 6000; ms < 20000; ms += 150) people[1].Noise(ms, ms + 40);
  EXPECT_EQ(Play(people, 20000).size(), 1u);
}

TEST_P(DominantSpeakerTest, WhoStopsKeepsTheFloorThroughSilence) {
  auto people = People(2, GetParam());
  people[0].Speak(0, 3000);
  EXPECT_EQ(Play(people, 60000).size(), 1u);
}

TEST_P(DominantSpeakerTest, AFanDoesNotHoldTheFloor) {
  auto people = People(2, GetParam());
  people[0].SetBackground(-42);
  people[1].Speak(20000, 25000);
  const auto changes = Play(people, 30000);
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes.back().track, Track(1));
  EXPECT_LT(changes.back().ms, 21500);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DominantSpeakerTest, testing::Range<uint64_t>(1, 21));

TEST(DominantSpeaker, WhoLeavesLeavesTheFloor) {
  DominantSpeaker speaker;
  EXPECT_FALSE(speaker.Remove(Track(0)));
  AudioActivity activity;
  bool changed = false;
  for (int64_t ms = 0; ms < 1000; ms += 20) {
    activity.OnLevel(AtMs(ms), 20);
    changed |= speaker.OnActivity(AtMs(ms), Track(0), activity);
  }
  ASSERT_TRUE(changed);
  EXPECT_FALSE(speaker.Remove(Track(1)));
  EXPECT_TRUE(speaker.Remove(Track(0)));
  EXPECT_EQ(speaker.dominant(), TrackId());
}

}  // namespace
}  // namespace conclave::media
