#include "wire/twcc.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "wire/rtcp.h"

namespace conclave::wire {
namespace {

using Bytes = std::vector<uint8_t>;

struct Parsed {
  RtcpTwcc block;
  TwccFeedback feedback;
  std::vector<TwccStatus> statuses;
};

Parsed Parse(const Bytes& bytes) {
  Parsed parsed;
  auto compound = ParseRtcp(bytes);
  EXPECT_TRUE(compound);
  if (!compound) return parsed;
  const auto block = compound->Next();
  parsed.block = std::get<RtcpTwcc>(*block);
  const auto feedback = ParseTwcc(parsed.block.body, parsed.statuses);
  EXPECT_TRUE(feedback);
  if (feedback) parsed.feedback = *feedback;
  return parsed;
}

struct Written {
  Bytes bytes;
  size_t taken = 0;
};

Written Write(const TwccTarget& target, const std::vector<TwccArrival>& arrivals,
              size_t capacity = 1200) {
  Written written{Bytes(capacity)};
  ByteWriter out(written.bytes);
  written.taken = WriteTwcc(target, arrivals, out);
  EXPECT_TRUE(out.ok());
  written.bytes.resize(out.size());
  return written;
}

int64_t Ticks(Instant t) { return t.us() / kTwccTick.us(); }

// What a sender would reconstruct must be what was reported, to the tick.
void ExpectReports(const Parsed& parsed, const TwccTarget& target,
                   std::span<const TwccArrival> arrivals) {
  int64_t sequence = target.base_sequence;
  Instant arrival = Instant::FromMicros(parsed.feedback.reference_time.us());
  size_t received = 0;
  for (const TwccStatus& status : parsed.statuses) {
    ASSERT_EQ(status.sequence, static_cast<uint16_t>(sequence));
    const bool expected = received < arrivals.size() && arrivals[received].sequence == sequence;
    ASSERT_EQ(status.received, expected) << sequence;
    if (status.received) {
      arrival = arrival + status.delta;
      ASSERT_EQ(Ticks(arrival), Ticks(arrivals[received].arrival)) << sequence;
      ++received;
    }
    ++sequence;
  }
  EXPECT_EQ(received, arrivals.size());
}

Instant At(int64_t us) { return Instant::FromMicros(us); }

TEST(Twcc, ReportsArrivalsAndLosses) {
  const TwccTarget target = {
      .sender_ssrc = 1, .media_ssrc = 2, .feedback_count = 255, .base_sequence = 65534};
  const std::vector<TwccArrival> arrivals = {{65535, At(1'000'000)},
                                             {65536, At(1'001'000)},
                                             {65539, At(1'000'500)},
                                             {65540, At(3'000'000)}};
  const Written written = Write(target, arrivals);
  EXPECT_EQ(written.taken, 4u);
  EXPECT_EQ(written.bytes.size() % 4, 0u);
  const Parsed parsed = Parse(written.bytes);
  EXPECT_EQ(parsed.block.sender_ssrc, 1u);
  EXPECT_EQ(parsed.block.media_ssrc, 2u);
  EXPECT_EQ(parsed.feedback.base_sequence, 65534);
  EXPECT_EQ(parsed.feedback.feedback_count, 255);
  EXPECT_EQ(parsed.feedback.reference_time, Duration::Millis(960));
  EXPECT_EQ(parsed.statuses.size(), 7u);
  ExpectReports(parsed, target, arrivals);
}

// A hundred packets without loss are one run of two bytes.
TEST(Twcc, PacksAnUndisturbedRunIntoOneChunk) {
  std::vector<TwccArrival> arrivals;
  for (int i = 0; i < 100; ++i) arrivals.push_back({i, At(1'000'000 + 1000 * i)});
  const Written written = Write({}, arrivals);
  EXPECT_EQ(written.bytes.size(), (20 + 2 + 100 + 3) / 4 * 4u);
  ExpectReports(Parse(written.bytes), {}, arrivals);
}

TEST(Twcc, RoundTripsRandomPatterns) {
  SeededRandom random(1);
  for (int round = 0; round < 2000; ++round) {
    const uint32_t loss = random.Next32() % 100;
    const uint32_t spread = 1 + random.Next32() % 300'000;
    std::vector<TwccArrival> arrivals;
    int64_t sequence = random.Next32();
    const TwccTarget target = {.base_sequence = sequence};
    int64_t now = 64'000'000 + random.Next32() % 64'000'000;
    while (arrivals.size() < 1 + random.Next32() % 200) {
      now += random.Next32() % 20 == 0 ? random.Next32() % spread : random.Next32() % 2000;
      if (random.Next32() % 100 >= loss) {
        arrivals.push_back({sequence, At(now - random.Next32() % 5000)});
      }
      ++sequence;
      if (random.Next32() % 1000 == 0) sequence += 10'000;
    }
    const Written written = Write(target, arrivals, 2000);
    ASSERT_GT(written.taken, 0u);
    ExpectReports(Parse(written.bytes), target, std::span(arrivals).first(written.taken));
  }
}

TEST(Twcc, ContinuesInAnotherBlockWhereTheRoomEnds) {
  std::vector<TwccArrival> arrivals;
  for (int i = 0; i < 300; ++i) arrivals.push_back({2 * i, At(1'000'000 + 90'000 * (i % 3))});
  std::span<const TwccArrival> rest(arrivals);
  int64_t base = 0;
  int blocks = 0;
  while (!rest.empty()) {
    const TwccTarget target = {.base_sequence = base};
    const Written written = Write(target, {rest.begin(), rest.end()}, 200);
    ASSERT_GT(written.taken, 0u);
    EXPECT_LE(written.bytes.size(), 200u);
    ExpectReports(Parse(written.bytes), target, rest.first(written.taken));
    base = rest[written.taken - 1].sequence + 1;
    rest = rest.subspan(written.taken);
    ++blocks;
  }
  EXPECT_GT(blocks, 3);
}

TEST(Twcc, StopsWhereADeltaOrTheRangeLeavesTheFormat) {
  // 32767 ticks are 8.19175 s.
  EXPECT_EQ(Write({}, {{0, At(0)}, {1, At(8'191'750)}, {2, At(16'384'000)}}).taken, 2u);
  EXPECT_EQ(Write({}, {{0, At(9'000'000)}, {1, At(0)}}).taken, 1u);
  EXPECT_EQ(Write({}, {{0, At(0)}, {32767, At(0)}, {32768, At(0)}}).taken, 2u);
  EXPECT_EQ(Write({}, {{40'000, At(0)}}).taken, 0u);
  EXPECT_TRUE(Write({}, {{40'000, At(0)}}).bytes.empty());
  EXPECT_EQ(Write({}, {{0, At(0)}}, 20).taken, 0u);
}

// Chunks by hand: a run of two lost, a one-bit vector, a two-bit vector with a large delta.
TEST(Twcc, ReadsEveryKindOfChunk) {
  const Bytes body = {0,    10,   0,    23,  0xff, 0xff, 0xff, 7,  //
                      0x00, 0x02,                                  // Two lost.
                      0xa0, 0x00,                                  // The first of fourteen.
                      0xd8, 0x00,                                  // Small, large, five lost.
                      4,    8,    0xff, 0xfc};
  std::vector<TwccStatus> statuses;
  const auto feedback = ParseTwcc(body, statuses);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->reference_time, Duration::Millis(-64));
  ASSERT_EQ(statuses.size(), 23u);
  for (const TwccStatus& status : statuses) {
    const bool received = status.sequence == 12 || status.sequence == 26 || status.sequence == 27;
    EXPECT_EQ(status.received, received) << status.sequence;
  }
  EXPECT_EQ(statuses[2].delta, Duration::Millis(1));
  EXPECT_EQ(statuses[16].delta, Duration::Millis(2));
  EXPECT_EQ(statuses[17].delta, Duration::Millis(-1));
}

TEST(Twcc, RejectsWhatIsCutOffOrReserved) {
  std::vector<TwccStatus> statuses(1);
  const Bytes good = {0, 10, 0, 2, 0, 0, 1, 7, 0x20, 0x02, 1, 1};
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(ParseTwcc(std::span(good).first(size), statuses)) << size;
  }
  Bytes reserved = good;
  reserved[8] = 0x60;
  EXPECT_FALSE(ParseTwcc(reserved, statuses));
  Bytes none = good;
  none[3] = 0;
  EXPECT_FALSE(ParseTwcc(none, statuses));
  Bytes many = good;
  many[2] = 0xff;
  EXPECT_FALSE(ParseTwcc(many, statuses));
  EXPECT_EQ(statuses.size(), 1u);
  EXPECT_TRUE(ParseTwcc(good, statuses));
  EXPECT_EQ(statuses.size(), 3u);
}

// A run of length zero makes no progress, but each chunk costs two bytes of input.
TEST(Twcc, EndsOnRunsOfLengthZero) {
  Bytes body = {0, 10, 0, 2, 0, 0, 1, 7};
  body.resize(1000, 0);
  std::vector<TwccStatus> statuses;
  EXPECT_FALSE(ParseTwcc(body, statuses));
}

}  // namespace
}  // namespace conclave::wire
