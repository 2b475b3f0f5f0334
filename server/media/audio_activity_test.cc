#include "media/audio_activity.h"

#include <gtest/gtest.h>

#include "media/talk_script.h"

namespace conclave::media {
namespace {

TEST(AudioActivity, SilenceIsSilent) {
  AudioActivity activity;
  EXPECT_EQ(activity.Loudness(AtMs(0)), -127);
  for (int64_t ms = 0; ms < 1000; ms += 20) activity.OnLevel(AtMs(ms), 127);
  EXPECT_LT(activity.Loudness(AtMs(1000)), -120);
  EXPECT_EQ(activity.Utterance(), Duration());
  EXPECT_EQ(activity.Silence(AtMs(1000)), Duration::Infinite());
  EXPECT_FALSE(activity.speaking());
}

TEST(AudioActivity, SpeechIsRankedWithin100Milliseconds) {
  for (const uint8_t level : std::initializer_list<uint8_t>{15, 30, 40}) {
    AudioActivity activity;
    int64_t ms = 0;
    for (; ms < 2000; ms += 20) activity.OnLevel(AtMs(ms), 127);
    for (; ms < 2100; ms += 20) activity.OnLevel(AtMs(ms), level);
    EXPECT_GT(activity.Loudness(AtMs(2100)), -level - 12) << int{level};
    EXPECT_TRUE(activity.speaking()) << int{level};
  }
}

TEST(AudioActivity, AnUtteranceBridgesThePausesBetweenWords) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    AudioActivity activity;
    Talker talker(seed);
    talker.Speak(1000, 9000);
    for (int64_t ms = 0; ms < 10000; ms += 20) activity.OnLevel(AtMs(ms), talker.Level(ms));
    EXPECT_GE(activity.Utterance(), Duration::Millis(7500)) << seed;
    EXPECT_LE(activity.Utterance(), Duration::Millis(8000)) << seed;
    EXPECT_GE(activity.Silence(AtMs(10000)), Duration::Millis(1000)) << seed;
    EXPECT_NEAR(activity.speech_loudness(), -28, 3) << seed;
  }
}

TEST(AudioActivity, ALaterWordBeginsAnotherUtterance) {
  AudioActivity activity;
  Talker talker(1);
  talker.Noise(0, 400);
  talker.Noise(1000, 1200);
  for (int64_t ms = 0; ms < 1500; ms += 20) {
    activity.OnLevel(AtMs(ms), talker.Level(ms));
    if (ms == 900) {
      EXPECT_EQ(activity.Utterance(), Duration::Millis(400));
    }
  }
  EXPECT_EQ(activity.Utterance(), Duration::Millis(200));
}

TEST(AudioActivity, TypingIsNoUtterance) {
  AudioActivity activity;
  Talker typist(1);
  for (int64_t ms = 0; ms < 5000; ms += 200) typist.Noise(ms, ms + 40);
  for (int64_t ms = 0; ms < 5000; ms += 20) activity.OnLevel(AtMs(ms), typist.Level(ms));
  EXPECT_EQ(activity.Utterance(), Duration());
}

TEST(AudioActivity, ATrackThatStopsSendingFallsSilent) {
  AudioActivity activity;
  for (int64_t ms = 0; ms < 1000; ms += 20) activity.OnLevel(AtMs(ms), 20);
  const float before = activity.Loudness(AtMs(1000));
  EXPECT_GT(before, -22);
  // Two lost packets are no pause.
  EXPECT_EQ(activity.Loudness(AtMs(1040)), before);
  EXPECT_LT(activity.Loudness(AtMs(1500)), -70);
  EXPECT_EQ(activity.Silence(AtMs(1480)), Duration::Millis(500));
}

TEST(AudioActivity, ASteadyFanIsNotSpeech) {
  AudioActivity activity;
  Talker fan(2);
  fan.SetBackground(-45);
  int64_t ms = 0;
  for (; ms < 15000; ms += 20) activity.OnLevel(AtMs(ms), fan.Level(ms));
  for (; ms < 60000; ms += 20) {
    activity.OnLevel(AtMs(ms), fan.Level(ms));
    ASSERT_FALSE(activity.speaking()) << ms;
  }
  // Whoever speaks beside the fan is still heard.
  for (; ms < 61000; ms += 20) activity.OnLevel(AtMs(ms), 25);
  EXPECT_TRUE(activity.speaking());
}

TEST(AudioActivity, NonsenseLevelsAndTimesStayInRange) {
  SeededRandom random(9);
  AudioActivity activity;
  int64_t ms = 0;
  for (int i = 0; i < 10000; ++i) {
    ms += Chance(random, 1) ? Below(random, 1'000'000'000) : Below(random, 30);
    activity.OnLevel(AtMs(ms), static_cast<uint8_t>(random.Next32()));
    ASSERT_GE(activity.Loudness(AtMs(ms)), -127);
    ASSERT_LE(activity.Loudness(AtMs(ms)), 0);
    ASSERT_GE(activity.Utterance(), Duration());
    ASSERT_GE(activity.Silence(AtMs(ms)), Duration());
  }
}

}  // namespace
}  // namespace conclave::media
