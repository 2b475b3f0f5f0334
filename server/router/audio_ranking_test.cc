#include "router/audio_ranking.h"

#include <gmock/gmock.h>

#include <map>

namespace conclave::router {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TrackId A(1), B(2), C(3), D(4), E(5), kScreen(9);

// Speaks and listens on a clock of its own.
class Speech {
 public:
  explicit Speech(AudioRanking& ranking) : ranking_(ranking) {}
  // Everybody in `speaking` talks for that long, everybody else known is silent.
  void Run(Duration duration, const std::vector<TrackId>& speaking, uint8_t level = 30) {
    for (const TrackId track : speaking) activities_[track];
    const Instant end = now_ + duration;
    for (; now_ < end; now_ = now_ + Duration::Millis(20)) {
      for (auto& [track, activity] : activities_) {
        const bool talks = std::ranges::find(speaking, track) != speaking.end();
        activity.OnLevel(now_, talks ? level : 127);
        ranking_.OnLevel(now_, track, activity);
      }
    }
  }

 private:
  AudioRanking& ranking_;
  Instant now_ = Instant::FromMicros(1);
  std::map<TrackId, media::AudioActivity> activities_;
};

std::vector<TrackId> Wanted(const AudioRanking& ranking, std::vector<TrackId> own = {}) {
  std::vector<TrackId> wanted;
  ranking.Wanted(own, wanted);
  return wanted;
}

TEST(AudioRanking, FewPeopleAreAllHeardBeforeTheySpeak) {
  AudioRanking ranking(4);
  for (const TrackId track : {A, B, C}) ranking.Add(track, false);
  EXPECT_TRUE(ranking.TakeChanged());
  EXPECT_THAT(Wanted(ranking), ElementsAre(A, B, C));
  EXPECT_THAT(Wanted(ranking, {B}), ElementsAre(A, C)) << "never one's own";
}

TEST(AudioRanking, WhoSpeaksTakesThePlaceOfTheSilent) {
  AudioRanking ranking(2);
  Speech speech(ranking);
  for (const TrackId track : {A, B, C, D}) ranking.Add(track, false);
  EXPECT_THAT(Wanted(ranking), ElementsAre(A, B));
  ranking.TakeChanged();
  speech.Run(Duration::Millis(200), {D});
  EXPECT_TRUE(ranking.TakeChanged());
  EXPECT_THAT(Wanted(ranking), ElementsAre(D, A));
}

TEST(AudioRanking, TheLoudestHearTheNextOneInTheirOwnPlace) {
  AudioRanking ranking(2);
  Speech speech(ranking);
  for (const TrackId track : {A, B, C, D, E}) ranking.Add(track, false);
  speech.Run(Duration::Millis(200), {D, E});
  speech.Run(Duration::Millis(200), {D, E, C});
  EXPECT_THAT(Wanted(ranking), ElementsAre(D, E));
  EXPECT_THAT(Wanted(ranking, {D}), ElementsAre(E, C));
}

TEST(AudioRanking, TheSoundOfAScreenIsAlwaysWantedAndNobodyWithAPlaceIsUnheard) {
  AudioRanking ranking(2);
  Speech speech(ranking);
  for (const TrackId track : {A, B, C}) ranking.Add(track, false);
  speech.Run(Duration::Millis(200), {A, B});
  speech.Run(Duration::Seconds(2), {});
  ranking.Add(kScreen, true);
  speech.Run(Duration::Millis(200), {C});
  EXPECT_THAT(Wanted(ranking), ElementsAre(kScreen, C));
  EXPECT_THAT(Wanted(ranking, {kScreen}), ElementsAre(C, A));
  ranking.Remove(kScreen);
  EXPECT_THAT(Wanted(ranking), ::testing::Not(::testing::Contains(kScreen)));
}

TEST(AudioRanking, WhoLeavesIsWantedNoMore) {
  AudioRanking ranking(2);
  Speech speech(ranking);
  for (const TrackId track : {A, B}) ranking.Add(track, false);
  speech.Run(Duration::Seconds(1), {A});
  EXPECT_EQ(ranking.TakeDominant(), A);
  EXPECT_EQ(ranking.TakeDominant(), std::nullopt) << "told once";
  ranking.TakeChanged();
  ranking.Remove(A);
  EXPECT_TRUE(ranking.TakeChanged());
  EXPECT_EQ(ranking.TakeDominant(), TrackId());
  EXPECT_THAT(Wanted(ranking), ElementsAre(B));
  std::vector<TrackId> speakers;
  ranking.Speakers(speakers);
  EXPECT_THAT(speakers, IsEmpty());
}

TEST(AudioRanking, TheDominantSpeakerChangesWithTheConversation) {
  AudioRanking ranking(4);
  Speech speech(ranking);
  for (const TrackId track : {A, B}) ranking.Add(track, false);
  speech.Run(Duration::Seconds(2), {A});
  EXPECT_EQ(ranking.TakeDominant(), A);
  speech.Run(Duration::Seconds(3), {B});
  EXPECT_EQ(ranking.TakeDominant(), B);
}

}  // namespace
}  // namespace conclave::router
