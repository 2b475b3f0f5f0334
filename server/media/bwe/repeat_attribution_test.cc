#include "media/bwe/repeat_attribution.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace conclave::media {
namespace {

constexpr Duration kTravel = Duration::Millis(20);

Instant At(int64_t ms) { return Instant::FromMicros(1'000'000) + Duration::Millis(ms); }

PacketResult Lost(int64_t sequence, int64_t sent_ms) {
  PacketResult result;
  result.packet.sequence = sequence;
  result.packet.sent = At(sent_ms);
  return result;
}
PacketResult Came(int64_t sequence, int64_t sent_ms, int64_t arrival_ms, bool recovered = false) {
  PacketResult result = Lost(sequence, sent_ms);
  result.received = true;
  result.arrival = At(arrival_ms);
  result.recovered = recovered;
  return result;
}

class RepeatAttributionTest : public ::testing::Test {
 protected:
  std::vector<PacketResult> Apply(std::initializer_list<PacketResult> list) {
    std::vector<PacketResult> results(list);
    copies_.Apply(kTravel, results);
    return results;
  }
  RepeatAttribution copies_;
};

TEST_F(RepeatAttributionTest, WithoutCopiesNothingChanges) {
  const auto results = Apply({Came(1, 0, 90), Came(2, 20, 40), Lost(3, 40)});
  ASSERT_EQ(results.size(), 3u);
  EXPECT_TRUE(results[0].received);
}

TEST_F(RepeatAttributionTest, AnOriginalThatCameInOrderStays) {
  copies_.OnCopy(1, At(40));
  const auto results = Apply({Came(1, 0, 20), Came(2, 20, 40)});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_TRUE(results[0].received);
  EXPECT_EQ(results[0].arrival, At(20));
}

TEST_F(RepeatAttributionTest, AnOvertakenPacketIsTheCopyOfALostOne) {
  copies_.OnCopy(1, At(40));
  const auto results = Apply({Came(1, 0, 60), Came(2, 20, 40), Came(3, 40, 60)});
  ASSERT_EQ(results.size(), 3u);
  EXPECT_FALSE(results[0].received);
  EXPECT_EQ(results[0].packet.sequence, 1);
  EXPECT_TRUE(results[1].received);
}

TEST_F(RepeatAttributionTest, ReorderingWithinLessThanTheCopysDelayIsTheOriginal) {
  copies_.OnCopy(1, At(40));
  const auto results = Apply({Came(1, 0, 45), Came(2, 20, 40)});
  EXPECT_TRUE(results[0].received);
}

// A queue of 100 ms delays everything: what nobody overtook is the original, late as it is.
TEST_F(RepeatAttributionTest, ALateOriginalInAQueueStays) {
  copies_.OnCopy(1, At(40));
  copies_.OnCopy(2, At(60));
  const auto results = Apply({Came(1, 0, 120), Came(2, 20, 140), Came(3, 40, 160)});
  ASSERT_EQ(results.size(), 3u);
  EXPECT_TRUE(results[0].received);
  EXPECT_EQ(results[0].arrival, At(120));
  EXPECT_TRUE(results[1].received);
}

TEST_F(RepeatAttributionTest, WithoutAWitnessNothingIsSaid) {
  copies_.OnCopy(1, At(40));
  const auto results = Apply({Came(1, 0, 60), Lost(2, 20), Came(3, 40, 60)});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].packet.sequence, 2);
}

// Both originals are lost: the copy of the second must not vouch for the first.
TEST_F(RepeatAttributionTest, ACopyIsNoWitness) {
  copies_.OnCopy(1, At(40));
  copies_.OnCopy(2, At(60));
  const auto results = Apply({Came(1, 0, 60), Came(2, 20, 80), Came(3, 40, 60), Came(4, 60, 80)});
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0].packet.sequence, 2);
  EXPECT_FALSE(results[0].received);
}

TEST_F(RepeatAttributionTest, ACopyThatComesAfterTheLossWasToldIsNotNews) {
  copies_.OnCopy(1, At(40));
  EXPECT_TRUE(Apply({Came(1, 0, 60, true)}).empty());
  // But a late original that no copy can be takes the loss back.
  EXPECT_EQ(Apply({Came(1, 0, 50, true)}).size(), 1u);
}

TEST_F(RepeatAttributionTest, OnlyTheFirstCopyCountsAndOldNumbersAreForgotten) {
  copies_.OnCopy(1, At(40));
  copies_.OnCopy(1, At(80));
  EXPECT_FALSE(Apply({Came(1, 0, 60), Came(2, 20, 40)})[0].received);
  copies_.OnCopy(1 + RepeatAttribution::kNumbersMax, At(1000));
  EXPECT_TRUE(Apply({Came(1, 0, 60), Came(2, 20, 40)})[0].received);
}

}  // namespace
}  // namespace conclave::media
