#include "media/bwe/competition.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

Instant At(int millis) { return Instant() + Duration::Millis(millis); }

// A queue of 120 ms from `from` to `to`, seen each 50 ms.
void Stand(QueueTrial& trial, Competition& competition, int from, int to) {
  for (int at = from; at <= to; at += 50) {
    trial.Update(120, 120, 100, 30, 0, At(at));
    competition.Watch(trial, At(at));
  }
}

TEST(Competition, EndsWhenTheQueueIsGoneForASecond) {
  Competition competition;
  competition.Begin(At(0));
  competition.OnQueue(300, At(0));
  competition.OnQueue(10, At(100));
  competition.OnQueue(10, At(1000));
  EXPECT_TRUE(competition.active());
  competition.OnQueue(10, At(1100));
  EXPECT_FALSE(competition.active());
}

TEST(Competition, ADipOfTheQueueIsNotItsEnd) {
  Competition competition;
  competition.Begin(At(0));
  competition.OnQueue(300, At(0));
  competition.OnQueue(10, At(100));
  competition.OnQueue(100, At(600));
  competition.OnQueue(10, At(700));
  competition.OnQueue(10, At(1600));
  EXPECT_TRUE(competition.active());
}

TEST(Competition, IsBackAsSoonAsTheQueueStandsAgain) {
  QueueTrial trial;
  Competition competition;
  competition.Begin(At(0));
  competition.Watch(trial, At(0));
  competition.End();
  Stand(trial, competition, 2000, 2450);
  EXPECT_FALSE(competition.active());
  Stand(trial, competition, 2500, 2500);
  EXPECT_TRUE(competition.active());
}

TEST(Competition, AnOldCompetitorProvesNothing) {
  QueueTrial trial;
  Competition competition;
  competition.Begin(At(0));
  competition.Watch(trial, At(0));
  competition.End();
  Stand(trial, competition, 20'000, 20'600);
  EXPECT_FALSE(competition.active());
}

}  // namespace
}  // namespace conclave::media
