#include "media/remb_generator.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

class RembGeneratorTest : public ::testing::Test {
 protected:
  // Sends at `rate`, of which `loss` does not come, and returns the last estimate.
  DataRate Send(DataRate rate, int seconds, double loss = 0) {
    DataRate last;
    for (int i = 0; i < seconds * 10; ++i) {
      now_ = now_ + Duration::Millis(100);
      const double bytes = static_cast<double>(rate.bps()) / 80 * (1 - loss);
      generator_.OnPacket(now_, static_cast<size_t>(bytes));
      expected_ += 100;
      received_ += static_cast<int64_t>(100 * (1 - loss));
      if (const auto told = generator_.OnDeadline(now_, expected_, received_)) {
        last = *told;
        ++told_;
      }
    }
    return last;
  }

  RembGenerator generator_;
  Instant now_ = Instant::FromMicros(1'000'000);
  int64_t expected_ = 0;
  int64_t received_ = 0;
  int told_ = 0;
};

TEST_F(RembGeneratorTest, IsSilentBeforeAndAfterThePublisherSends) {
  EXPECT_EQ(generator_.NextDeadline(), Instant::Never());
  Send(DataRate::Kbps(500), 10);
  EXPECT_NEAR(told_, 9, 1);
  now_ = generator_.NextDeadline();
  generator_.OnDeadline(now_, expected_, received_);
  now_ = generator_.NextDeadline();
  EXPECT_FALSE(generator_.OnDeadline(now_, expected_, received_).has_value());
  EXPECT_EQ(generator_.NextDeadline(), Instant::Never());
}

TEST_F(RembGeneratorTest, GrowsWithWhatArrivesButNotFarBeyond) {
  const DataRate much = Send(DataRate::Kbps(5000), 60);
  EXPECT_GT(much, DataRate::Kbps(5000));
  EXPECT_LE(much, DataRate::Kbps(7600 * 108 / 100));
  EXPECT_EQ(Send(DataRate::Kbps(100), 60), much);
}

TEST_F(RembGeneratorTest, AnIdleSenderProvesNothing) {
  EXPECT_EQ(Send(DataRate::Kbps(100), 60), RembGenerator::kStart);
}

TEST_F(RembGeneratorTest, MuchLossLowersItTowardsWhatArrives) {
  Send(DataRate::Kbps(3000), 30);
  const DataRate after = Send(DataRate::Kbps(3000), 3, 0.5);
  EXPECT_LT(after, DataRate::Kbps(2000));
  EXPECT_GE(after, DataRate::Kbps(1500));
  // It holds at a few percent, and comes back without.
  const DataRate held = Send(DataRate::Kbps(1500), 5, 0.05);
  EXPECT_LE(held, after);
  EXPECT_GT(held, DataRate::Kbps(1400));
  EXPECT_GT(Send(DataRate::Kbps(1800), 10), held);
}

TEST_F(RembGeneratorTest, StaysInItsBounds) {
  EXPECT_EQ(Send(DataRate::Kbps(10), 10, 0.9), RembGenerator::kMin);
  EXPECT_EQ(Send(DataRate::Kbps(100'000), 100), RembGenerator::kMax);
}

}  // namespace
}  // namespace conclave::media
