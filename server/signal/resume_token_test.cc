#include "signal/resume_token.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::signal {
namespace {

std::vector<uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

TEST(ResumeToken, ProvesItsParticipantAndNobodyElse) {
  SeededRandom random(1);
  const ResumeToken mine = ResumeToken::Make(ParticipantId(0x01020304), random);
  const ResumeToken other = ResumeToken::Make(ParticipantId(0x01020304), random);
  const auto token = Bytes(mine.Encoded());
  EXPECT_EQ(ResumeToken::ClaimedBy(token), ParticipantId(0x01020304));
  EXPECT_TRUE(mine.Matches(token));
  EXPECT_FALSE(other.Matches(token));
}

TEST(ResumeToken, EveryBitCounts) {
  SeededRandom random(2);
  const ResumeToken token = ResumeToken::Make(ParticipantId(9), random);
  for (size_t bit = 0; bit < token.Encoded().size() * 8; ++bit) {
    auto bytes = Bytes(token.Encoded());
    bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(token.Matches(bytes)) << bit;
  }
}

TEST(ResumeToken, OtherSizesAreNoTokens) {
  SeededRandom random(3);
  const ResumeToken token = ResumeToken::Make(ParticipantId(9), random);
  auto bytes = Bytes(token.Encoded());
  bytes.push_back(0);
  EXPECT_EQ(ResumeToken::ClaimedBy(bytes), std::nullopt);
  EXPECT_FALSE(token.Matches(bytes));
  EXPECT_EQ(ResumeToken::ClaimedBy({}), std::nullopt);
  EXPECT_FALSE(token.Matches({}));
}

}  // namespace
}  // namespace conclave::signal
