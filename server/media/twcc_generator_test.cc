#include "media/twcc_generator.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "media/test_support.h"
#include "wire/rtcp.h"

namespace conclave::media {
namespace {

// The publisher's end: what it learns from the feedbacks.
class TwccReceiver {
 public:
  // Returns the blocks that were due.
  int Poll(TwccGenerator& generator, Instant now) {
    if (!generator.OnDeadline(now)) return 0;
    int blocks = 0;
    while (true) {
      std::array<uint8_t, 1200> buffer;
      ByteWriter out(buffer);
      if (generator.Write(1, 2, out) == 0) return blocks;
      Read(out.written());
      ++blocks;
    }
  }

  std::map<int64_t, Instant> arrivals;
  std::map<int64_t, int> lost;
  std::vector<uint8_t> counts;

 private:
  void Read(std::span<const uint8_t> bytes) {
    auto compound = wire::ParseRtcp(bytes);
    ASSERT_TRUE(compound);
    const auto block = compound->Next();
    ASSERT_TRUE(block);
    const auto* twcc = std::get_if<wire::RtcpTwcc>(&*block);
    ASSERT_NE(twcc, nullptr);
    EXPECT_EQ(twcc->sender_ssrc, 1u);
    EXPECT_EQ(twcc->media_ssrc, 2u);
    std::vector<wire::TwccStatus> statuses;
    const auto feedback = wire::ParseTwcc(twcc->body, statuses);
    ASSERT_TRUE(feedback);
    counts.push_back(feedback->feedback_count);
    Instant at = Instant() + feedback->reference_time;
    for (const wire::TwccStatus& status : statuses) {
      const int64_t sequence = unwrapper_.Unwrap(status.sequence);
      if (!status.received) {
        ++lost[sequence];
        continue;
      }
      at = at + status.delta;
      arrivals[sequence] = at;
    }
  }
  SeqUnwrapper unwrapper_;
};

TEST(TwccGenerator, ReportsArrivalsAndLossOverTheWrap) {
  TwccGenerator generator;
  TwccReceiver receiver;
  generator.OnPacket(AtMs(1000), 65534, 1200);
  generator.OnPacket(AtMs(1010), 65535, 1200);
  generator.OnPacket(AtMs(1020), 1, 1200);
  EXPECT_EQ(generator.NextDeadline(), AtMs(1050));
  EXPECT_EQ(receiver.Poll(generator, AtMs(1049)), 0);
  EXPECT_EQ(receiver.Poll(generator, AtMs(1050)), 1);
  EXPECT_EQ(generator.NextDeadline(), Instant::Never());
  ASSERT_EQ(receiver.arrivals.size(), 3u);
  ASSERT_EQ(receiver.lost.size(), 1u);
  const int64_t first = receiver.arrivals.begin()->first;
  EXPECT_EQ(receiver.lost.begin()->first, first + 2);
  EXPECT_EQ(receiver.arrivals[first + 3] - receiver.arrivals[first], Duration::Millis(20));
}

TEST(TwccGenerator, APacketThatComesLateIsReportedAfterAll) {
  TwccGenerator generator;
  TwccReceiver receiver;
  generator.OnPacket(AtMs(0), 10, 1200);
  generator.OnPacket(AtMs(1), 12, 1200);
  receiver.Poll(generator, AtMs(50));
  const int64_t lost = receiver.lost.begin()->first;
  generator.OnPacket(AtMs(60), 11, 1200);
  generator.OnPacket(AtMs(61), 13, 1200);
  receiver.Poll(generator, generator.NextDeadline());
  EXPECT_TRUE(receiver.arrivals.contains(lost));
  EXPECT_EQ(receiver.arrivals.size(), 4u);
}

TEST(TwccGenerator, ARepeatedPacketCountsOnce) {
  TwccGenerator generator;
  TwccReceiver receiver;
  generator.OnPacket(AtMs(0), 10, 1200);
  generator.OnPacket(AtMs(40), 10, 1200);
  receiver.Poll(generator, AtMs(50));
  EXPECT_EQ(receiver.arrivals.size(), 1u);
  EXPECT_EQ(receiver.arrivals.begin()->second, AtMs(0));
}

// How many feedbacks a second of packets of that rate gets.
int FeedbacksPerSecond(int64_t kbps) {
  TwccGenerator generator;
  TwccReceiver receiver;
  int feedbacks = 0;
  for (int64_t ms = 0; ms < 3000; ms += 10) {
    generator.OnPacket(AtMs(ms), static_cast<uint16_t>(ms / 10),
                       static_cast<size_t>(kbps * 10 / 8));
    if (generator.NextDeadline() > AtMs(ms)) continue;
    const int blocks = receiver.Poll(generator, AtMs(ms));
    if (ms >= 2000) feedbacks += blocks;
  }
  return feedbacks;
}

TEST(TwccGenerator, EveryFiftyToHundredMillisecondsByRate) {
  EXPECT_EQ(FeedbacksPerSecond(1000), 20);
  EXPECT_EQ(FeedbacksPerSecond(40), 10);
}

TEST(TwccGenerator, FeedbackThatFoundNoRoomComesLater) {
  TwccGenerator generator;
  TwccReceiver receiver;
  generator.OnPacket(AtMs(0), 10, 1200);
  ASSERT_TRUE(generator.OnDeadline(AtMs(50)));
  std::array<uint8_t, 8> small;
  ByteWriter out(small);
  EXPECT_EQ(generator.Write(1, 2, out), 0u);
  generator.OnPacket(AtMs(60), 11, 1200);
  ASSERT_NE(generator.NextDeadline(), Instant::Never());
  receiver.Poll(generator, generator.NextDeadline());
  EXPECT_EQ(receiver.arrivals.size(), 2u);
}

TEST(TwccGenerator, AFloodIsReportedBeforeItOverwritesItself) {
  TwccGenerator generator;
  TwccReceiver receiver;
  for (int64_t i = 0; i < 5000; ++i) {
    const Instant now = Instant::FromMicros(10 * i);
    generator.OnPacket(now, static_cast<uint16_t>(60000 + i), 1200);
    if (generator.NextDeadline() <= now) receiver.Poll(generator, now);
  }
  receiver.Poll(generator, AtMs(1000));
  EXPECT_EQ(receiver.arrivals.size(), 5000u);
  EXPECT_TRUE(receiver.lost.empty());
}

TEST(TwccGenerator, EveryPacketIsReportedUnderLossReorderingAndFloods) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    TwccGenerator generator;
    TwccReceiver receiver;
    std::map<int64_t, Instant> sent;
    std::multimap<int64_t, int64_t> in_flight;
    int64_t next = 65000;
    int64_t blocks = 0;
    for (int64_t ms = 0; ms < 3000; ++ms) {
      const int64_t burst = Chance(random, 2) ? 60 : Below(random, 3);
      for (int64_t i = 0; i < burst; ++i, ++next) {
        if (ms > 0 && Chance(random, 10)) continue;
        in_flight.emplace(ms + (Chance(random, 10) ? Below(random, 60) : 5), next);
      }
      for (; !in_flight.empty() && in_flight.begin()->first <= ms;
           in_flight.erase(in_flight.begin())) {
        const int64_t sequence = in_flight.begin()->second;
        generator.OnPacket(AtMs(ms), static_cast<uint16_t>(sequence), 1000);
        sent[sequence] = AtMs(ms);
        if (generator.NextDeadline() <= AtMs(ms)) blocks += receiver.Poll(generator, AtMs(ms));
      }
      if (generator.NextDeadline() <= AtMs(ms)) blocks += receiver.Poll(generator, AtMs(ms));
    }
    receiver.Poll(generator, AtMs(10000));
    ASSERT_EQ(receiver.arrivals.size(), sent.size());
    const int64_t offset = receiver.arrivals.begin()->first - sent.begin()->first;
    for (const auto& [sequence, at] : sent) {
      ASSERT_TRUE(receiver.arrivals.contains(sequence + offset));
      const Duration error = receiver.arrivals[sequence + offset] - at;
      ASSERT_LE(std::abs(error.us()), wire::kTwccTick.us()) << sequence;
    }
    ASSERT_LT(blocks, 3000 / 50 * 5);
    for (size_t i = 1; i < receiver.counts.size(); ++i) {
      ASSERT_EQ(receiver.counts[i], static_cast<uint8_t>(receiver.counts[i - 1] + 1));
    }
  }
}

TEST(TwccGenerator, AHostileNumberingStaysBounded) {
  SeededRandom random(3);
  TwccGenerator generator;
  int64_t written = 0;
  for (int64_t ms = 0; ms < 2000; ++ms) {
    generator.OnPacket(AtMs(ms), static_cast<uint16_t>(random.Next32()), 1200);
    if (!generator.OnDeadline(AtMs(ms))) continue;
    for (int i = 0; i < 2000; ++i) {
      std::array<uint8_t, 1200> buffer;
      ByteWriter out(buffer);
      if (generator.Write(1, 2, out) == 0) break;
      written += static_cast<int64_t>(out.size());
      ASSERT_LT(i, 1100);
    }
  }
  EXPECT_GT(written, 0);
}

}  // namespace
}  // namespace conclave::media
