#include "conference/file_credits.h"

#include <gtest/gtest.h>

namespace conclave::conference {
namespace {

constexpr ParticipantId kAda(1);

TEST(FileCredits, NobodySendsUnasked) {
  FileCredits credits;
  EXPECT_FALSE(credits.Take(kAda, 1));
  credits.Grant(kAda);
  EXPECT_FALSE(credits.Take(ParticipantId(2), 1));
  EXPECT_TRUE(credits.Take(kAda, 1));
}

TEST(FileCredits, AQuestionIsWorthSoMuchAndAnotherAsMuchAgainNotMore) {
  FileCredits credits;
  credits.Grant(kAda);
  credits.Grant(kAda);
  EXPECT_FALSE(credits.Take(kAda, kFileCreditBytes + 1));
  EXPECT_TRUE(credits.Take(kAda, kFileCreditBytes));
  EXPECT_FALSE(credits.Take(kAda, 1));
  credits.Grant(kAda);
  EXPECT_TRUE(credits.Take(kAda, kFileCreditBytes));
}

TEST(FileCredits, WhoWasAskedLongestAgoGivesWay) {
  FileCredits credits;
  for (uint32_t id = 1; id <= kFileSendersMax; ++id) credits.Grant(ParticipantId(id));
  credits.Grant(kAda);
  credits.Grant(ParticipantId(kFileSendersMax + 1));
  EXPECT_FALSE(credits.Take(ParticipantId(2), 1));
  EXPECT_TRUE(credits.Take(kAda, 1));
  EXPECT_TRUE(credits.Take(ParticipantId(kFileSendersMax + 1), 1));
}

}  // namespace
}  // namespace conclave::conference
