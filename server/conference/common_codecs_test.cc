#include "conference/common_codecs.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"
#include "conference/limits.h"

namespace conclave::conference {
namespace {

using enum router::CodecName;

constexpr CodecSet kAll = {kVp8, kVp9, kH264, kAv1};
constexpr CodecSet kOld = {kVp8, kH264};
constexpr Instant At(int64_t ms) { return Instant::FromMicros(ms * 1000); }
constexpr Instant Calm(int64_t ms) { return At(ms) + kCodecCalm; }

TEST(CommonCodecs, WhoIsAloneHasTheirOwnAndIsToldOnJoining) {
  CommonCodecs codecs;
  codecs.Join(At(0), kAll);
  EXPECT_EQ(codecs.current(), kAll);
  EXPECT_FALSE(codecs.has_news());
  EXPECT_EQ(codecs.Review(At(0)), std::nullopt);
  EXPECT_EQ(codecs.WidenAt(), Instant::Never());
}

TEST(CommonCodecs, WhoDecodesLessIsHeededAtOnceAndTheOthersAreToldOnce) {
  CommonCodecs codecs;
  codecs.Join(At(0), kAll);
  codecs.Join(At(10), kOld);
  EXPECT_EQ(codecs.current(), kOld);
  EXPECT_EQ(codecs.Review(At(10)), kOld);
  EXPECT_EQ(codecs.Review(At(20)), std::nullopt);
  EXPECT_EQ(codecs.WidenAt(), Instant::Never());
}

TEST(CommonCodecs, TheSetGrowsAgainAfterACalm) {
  CommonCodecs codecs;
  codecs.Join(At(0), kAll);
  codecs.Join(At(10), kOld);
  codecs.Review(At(10));
  codecs.Leave(At(1000), kOld);
  EXPECT_EQ(codecs.current(), kOld);
  EXPECT_EQ(codecs.WidenAt(), Calm(1000));
  EXPECT_EQ(codecs.Review(At(1001)), std::nullopt);
  EXPECT_EQ(codecs.Review(Calm(1000)), kAll);
  EXPECT_EQ(codecs.WidenAt(), Instant::Never());
}

TEST(CommonCodecs, WhoComesBackMeanwhileChangesNothing) {
  CommonCodecs codecs;
  codecs.Join(At(0), kAll);
  codecs.Join(At(10), kOld);
  codecs.Review(At(10));
  codecs.Leave(At(1000), kOld);
  codecs.Join(At(2000), kOld);
  EXPECT_EQ(codecs.WidenAt(), Instant::Never());
  EXPECT_EQ(codecs.Review(Calm(1000)), std::nullopt);
}

TEST(CommonCodecs, EveryChangeOfWhatCouldBeBeginsTheCalmAnewAndOthersDoNot) {
  CommonCodecs codecs;
  codecs.Join(At(0), kAll);
  codecs.Join(At(0), kOld);
  codecs.Join(At(0), CodecSet({kVp8, kH264, kVp9}));
  codecs.Review(At(0));
  codecs.Leave(At(1000), kOld);
  // People who decode all that the room does come and go.
  codecs.Join(At(1500), kAll);
  codecs.Leave(At(1600), kAll);
  EXPECT_EQ(codecs.WidenAt(), Calm(1000));
  codecs.Leave(At(2000), CodecSet({kVp8, kH264, kVp9}));
  EXPECT_EQ(codecs.WidenAt(), Calm(2000));
  EXPECT_EQ(codecs.Review(Calm(2000)), kAll);
}

TEST(CommonCodecs, AShrinkDuringTheCalmLosesNothing) {
  CommonCodecs codecs;
  codecs.Join(At(0), kAll);
  codecs.Join(At(0), kOld);
  codecs.Review(At(0));
  codecs.Leave(At(1000), kOld);
  codecs.Join(At(2000), CodecSet({kVp8, kVp9}));
  // At once without H.264; VP9, which both decode, when it has been calm.
  EXPECT_EQ(codecs.Review(At(2000)), kAlwaysDecoded);
  EXPECT_EQ(codecs.Review(Calm(2000)), CodecSet({kVp8, kVp9}));
}

// Whatever happens: nobody is ever sent what they do not decode, the room ends with what all
// decode, and each shrink and each calm costs one message at most.
TEST(CommonCodecs, HoldsInAnyOrderOfComingAndGoing) {
  SeededRandom random(5);
  CommonCodecs codecs;
  std::vector<CodecSet> people;
  const std::vector<CodecSet> kinds = {kAll, kOld, kAlwaysDecoded, CodecSet({kVp8, kAv1})};
  int64_t ms = 0;
  size_t told = 0;
  for (int step = 0; step < 5000; ++step) {
    ms += random.Next32() % 2000;
    while (codecs.WidenAt() <= At(ms)) told += codecs.Review(codecs.WidenAt()).has_value();
    if (people.empty() || (random.Next32() % 2 == 0 && people.size() < 6)) {
      people.push_back(kinds[random.Next32() % kinds.size()]);
      codecs.Join(At(ms), people.back());
    } else {
      const size_t who = random.Next32() % people.size();
      codecs.Leave(At(ms), people[who]);
      people.erase(people.begin() + static_cast<std::ptrdiff_t>(who));
    }
    for (const CodecSet decodes : people) {
      ASSERT_EQ(codecs.current().And(decodes), codecs.current()) << "after step " << step;
    }
    told += codecs.Review(At(ms)).has_value();
  }
  EXPECT_GT(told, 100U);
  EXPECT_LT(told, 2500U);
  codecs.Join(At(ms), kAlwaysDecoded);
  codecs.Leave(At(ms), kAlwaysDecoded);
  CodecSet expected = people.empty() ? CodecSet() : kAll;
  for (const CodecSet decodes : people) expected = expected.And(decodes);
  codecs.Review(Calm(ms));
  EXPECT_TRUE(people.empty() || codecs.current() == expected);
}

}  // namespace
}  // namespace conclave::conference
