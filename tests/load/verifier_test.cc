#include "tests/load/verifier.h"

#include <gtest/gtest.h>

#include "router/commands.h"

namespace conclave::load {
namespace {

constexpr auto kCamera = static_cast<uint8_t>(router::SourceKind::kCamera);

class VerifierTest : public testing::Test {
 protected:
  void Receive(int64_t sequence, uint32_t counter, bool key_start = false,
               SourceIdentity expected = {7, kCamera}) {
    std::vector<uint8_t> payload(60);
    WriteStamp({7, kCamera, 0, key_start, counter, Instant::FromMicros(1000)}, payload);
    verifier_.OnPacket(Instant::FromMicros(3000), 0, sequence, 99, &expected, payload);
  }
  Verifier verifier_{1};
};

TEST_F(VerifierTest, WhatIsInOrderIsGood) {
  for (int i = 0; i < 10; ++i) Receive(100 + i, static_cast<uint32_t>(i));
  // A gap in both is a loss of the network, which the meter counts.
  Receive(115, 15);
  EXPECT_EQ(verifier_.stats().packets, 11U);
  EXPECT_EQ(verifier_.stats().out_of_order + verifier_.stats().swallowed, 0U);
  EXPECT_EQ(verifier_.stats().video_delay.Quantile(0.5), Duration::Micros(2000));
}

TEST(VerifierSamples, AreOfAudioAndKeptWhereWanted) {
  for (const bool keep : {false, true}) {
    Verifier verifier(1, keep);
    for (const auto source : {router::SourceKind::kMicrophone, router::SourceKind::kCamera}) {
      std::vector<uint8_t> payload(60);
      const auto kind = static_cast<uint8_t>(source);
      const SourceIdentity expected{7, kind};
      WriteStamp({7, kind, 0, false, 1, Instant::FromMicros(1000)}, payload);
      verifier.OnPacket(Instant::FromMicros(4000), 0, 1, 99, &expected, payload);
    }
    ASSERT_EQ(verifier.samples().size(), keep ? 1U : 0U);
    if (keep) {
      EXPECT_EQ(verifier.samples()[0].delay, Duration::Micros(3000));
    }
  }
}

TEST_F(VerifierTest, FindsWhatTheServerSwallowed) {
  Receive(100, 0);
  Receive(101, 3);
  EXPECT_EQ(verifier_.stats().swallowed, 2U);
  // After a pause it goes on with a key frame.
  Receive(102, 50, true);
  EXPECT_EQ(verifier_.stats().swallowed, 2U);
}

TEST_F(VerifierTest, FindsWrongOrderAndWrongSource) {
  Receive(100, 5);
  Receive(101, 4);
  EXPECT_EQ(verifier_.stats().out_of_order, 1U);
  Receive(102, 5, false, {8, kCamera});
  EXPECT_EQ(verifier_.stats().wrong_source, 1U);
  verifier_.OnPacket(Instant(), 0, 103, 99, nullptr, std::vector<uint8_t>(60));
  EXPECT_EQ(verifier_.stats().unreadable, 1U);
}

}  // namespace
}  // namespace conclave::load
