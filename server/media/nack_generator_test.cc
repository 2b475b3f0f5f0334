#include "media/nack_generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "media/test_support.h"

namespace conclave::media {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration kRtt = Duration::Millis(100);

class NackGeneratorTest : public testing::Test {
 protected:
  void Receive(int64_t ms, int64_t sequence, bool key_frame = false) {
    nack_.OnPacket(AtMs(ms), sequence, key_frame);
  }
  std::vector<uint16_t> Due(int64_t ms, Duration rtt = kRtt) {
    std::vector<uint16_t> out;
    nack_.OnDeadline(AtMs(ms), rtt, out);
    return out;
  }
  NackGenerator nack_;
};

TEST_F(NackGeneratorTest, AsksForWhatIsMissingAfterAShortWait) {
  Receive(0, 65534);
  Receive(1, 65537);
  EXPECT_EQ(nack_.NextDeadline(), AtMs(11));
  EXPECT_THAT(Due(10), IsEmpty());
  EXPECT_THAT(Due(11), ElementsAre(65535, 0));
}

TEST_F(NackGeneratorTest, WhatWasOnlyOvertakenIsNotAskedFor) {
  Receive(0, 10);
  Receive(1, 12);
  Receive(5, 11);
  EXPECT_EQ(nack_.NextDeadline(), Instant::Never());
  EXPECT_THAT(Due(100), IsEmpty());
}

TEST_F(NackGeneratorTest, RepeatsAfterARoundTripUntilItComes) {
  Receive(0, 10);
  Receive(0, 12);
  EXPECT_THAT(Due(10), ElementsAre(11));
  EXPECT_EQ(nack_.NextDeadline(), AtMs(110));
  EXPECT_THAT(Due(109), IsEmpty());
  EXPECT_THAT(Due(110), ElementsAre(11));
  Receive(150, 11);
  EXPECT_THAT(Due(210), IsEmpty());
  EXPECT_FALSE(nack_.TakeKeyFrameNeeded());
}

// Of a publisher who receives nothing no round trip is known.
TEST_F(NackGeneratorTest, WaitsForAnswersThatTakeLongerThanTheRoundTripThatIsSaid) {
  Receive(0, 10);
  Receive(0, 12);
  EXPECT_THAT(Due(10), ElementsAre(11));
  EXPECT_THAT(Due(110), ElementsAre(11));
  Receive(210, 11);
  Receive(300, 14);
  EXPECT_THAT(Due(310), ElementsAre(13));
  EXPECT_THAT(Due(509), IsEmpty());
  EXPECT_THAT(Due(510), ElementsAre(13));
  // A way that got shorter is seen at once, by the next answer.
  Receive(530, 13);
  Receive(600, 16);
  EXPECT_THAT(Due(610), ElementsAre(15));
  Receive(650, 15);
  Receive(700, 18);
  EXPECT_THAT(Due(710), ElementsAre(17));
  EXPECT_THAT(Due(810), ElementsAre(17));
}

TEST_F(NackGeneratorTest, ATinyRoundTripDoesNotMakeAFlood) {
  Receive(0, 10);
  Receive(0, 12);
  EXPECT_THAT(Due(10, Duration()), ElementsAre(11));
  EXPECT_THAT(Due(29, Duration()), IsEmpty());
  EXPECT_THAT(Due(30, Duration()), ElementsAre(11));
}

TEST_F(NackGeneratorTest, GivesUpAfterTenTriesAndWantsAKeyFrame) {
  Receive(0, 10);
  Receive(0, 12);
  int asked = 0;
  for (int64_t ms = 0; ms < 2000; ++ms) {
    asked += static_cast<int>(Due(ms, Duration::Millis(30)).size());
  }
  EXPECT_EQ(asked, NackGenerator::kRetriesMax);
  EXPECT_EQ(nack_.missing(), 0u);
  EXPECT_TRUE(nack_.TakeKeyFrameNeeded());
  EXPECT_FALSE(nack_.TakeKeyFrameNeeded());
}

TEST_F(NackGeneratorTest, GivesUpAfterASecond) {
  Receive(0, 10);
  Receive(0, 12);
  std::vector<int64_t> asked;
  for (int64_t ms = 0; ms < 3000; ++ms) {
    if (!Due(ms, Duration::Millis(400)).empty()) asked.push_back(ms);
  }
  EXPECT_THAT(asked, ElementsAre(10, 410, 810));
  EXPECT_TRUE(nack_.TakeKeyFrameNeeded());
}

TEST_F(NackGeneratorTest, AKeyFrameMakesOlderLossesMeaningless) {
  Receive(0, 10);
  Receive(0, 12);
  Receive(1, 15, true);
  Receive(2, 17);
  EXPECT_THAT(Due(20), ElementsAre(16));
}

TEST_F(NackGeneratorTest, ABurstBeyondTheListAsksForAKeyFrameInstead) {
  Receive(0, 10);
  Receive(0, 10 + 513);
  EXPECT_EQ(nack_.missing(), 512u);
  Receive(1, 10 + 515);
  EXPECT_EQ(nack_.missing(), 0u);
  EXPECT_TRUE(nack_.TakeKeyFrameNeeded());
  EXPECT_THAT(Due(100), IsEmpty());
  Receive(101, 10 + 517);
  EXPECT_THAT(Due(111), ElementsAre(10 + 516));
}

TEST_F(NackGeneratorTest, AKeyFrameThatComesByItselfNeedsNotBeAskedFor) {
  Receive(0, 10);
  Receive(1, 10 + 1000);
  Receive(2, 10 + 1001, true);
  EXPECT_FALSE(nack_.TakeKeyFrameNeeded());
}

TEST_F(NackGeneratorTest, ResetForgets) {
  Receive(0, 10);
  Receive(0, 12);
  nack_.Reset();
  EXPECT_EQ(nack_.NextDeadline(), Instant::Never());
  Receive(5, 5000);
  EXPECT_EQ(nack_.missing(), 0u);
}

// A lossy path with a sender that answers: everything arrives, nothing is asked for twice within an
// RTT, and nothing that arrived is asked for.
TEST_F(NackGeneratorTest, RepairsALossyPath) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    NackGenerator nack;
    std::multimap<int64_t, int64_t> in_flight;
    std::set<int64_t> received;
    std::map<int64_t, int64_t> asked_ms;
    const int64_t first = 65536 + 65000;
    for (int64_t ms = 0; ms < 6000; ++ms) {
      if (ms < 4000 && (ms == 0 || !Chance(random, 20))) {
        in_flight.emplace(ms + (ms == 0 ? 0 : Below(random, 8)), first + ms);
      }
      for (auto it = in_flight.begin(); it != in_flight.end() && it->first <= ms;) {
        nack.OnPacket(AtMs(ms), it->second, false);
        received.insert(it->second);
        it = in_flight.erase(it);
      }
      if (nack.NextDeadline() > AtMs(ms)) continue;
      std::vector<uint16_t> out;
      nack.OnDeadline(AtMs(ms), kRtt, out);
      for (const uint16_t wrapped : out) {
        const int64_t sequence =
            *received.rbegin() +
            static_cast<int16_t>(wrapped - static_cast<uint16_t>(*received.rbegin()));
        ASSERT_FALSE(received.contains(sequence));
        const auto before = asked_ms.find(sequence);
        if (before != asked_ms.end()) {
          ASSERT_GE(ms - before->second, kRtt.ms());
        }
        asked_ms[sequence] = ms;
        if (!Chance(random, 20)) in_flight.emplace(ms + kRtt.ms(), sequence);
      }
    }
    // Ten tries at 20 % loss each leave one in ten million, but the list's end cannot be known.
    for (int64_t sequence = first; sequence <= *received.rbegin(); ++sequence) {
      ASSERT_TRUE(received.contains(sequence)) << sequence - first;
    }
  }
}

}  // namespace
}  // namespace conclave::media
