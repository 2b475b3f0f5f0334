#include "media/bwe/throughput.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "media/test_support.h"

namespace conclave::media {
namespace {

// The estimator's rules read anew over all packets with each feedback.
class Plain {
 public:
  void OnFeedback(std::span<const PacketResult> results) {
    for (const PacketResult& result : results) {
      if (!result.received) continue;
      const bool jumped = !window_.empty() && newest_ - result.arrival > Duration::Seconds(1);
      if (jumped) window_.clear();
      newest_ = window_.empty() ? result.arrival : std::max(newest_, result.arrival);
      const auto place =
          std::ranges::lower_bound(window_, result.arrival, std::less<>(), &PacketResult::arrival);
      window_.insert(std::ranges::find_if(
                         place, window_.end(),
                         [&](const PacketResult& other) { return other.arrival > result.arrival; }),
                     result);
    }
    while (window_.size() > 20 && Spare()) window_.erase(window_.begin());
  }

  std::optional<double> bps() const {
    if (window_.size() < 10) return std::nullopt;
    std::vector<int64_t> gaps = {0, 0};
    for (size_t i = 1; i < window_.size(); ++i) {
      gaps.push_back((window_[i].arrival - window_[i - 1].arrival).us());
    }
    std::ranges::sort(gaps, std::greater<>());
    const auto sent = [](const PacketResult& result) { return result.packet.sent; };
    const auto first_sent = std::ranges::min_element(window_, std::less<>(), sent);
    const auto last_sent = std::ranges::max_element(window_, std::less<>(), sent);
    double bytes = 0;
    for (const PacketResult& result : window_) bytes += result.packet.size_bytes;
    const int64_t received_us =
        (window_.back().arrival - window_.front().arrival).us() - gaps[0] + gaps[1];
    const int64_t sent_us = (sent(*last_sent) - sent(*first_sent)).us();
    const auto seconds = [](int64_t us) {
      return static_cast<double>(std::max<int64_t>(us, 1000)) / 1e6;
    };
    return 8 * std::min((bytes - last_sent->packet.size_bytes) / seconds(sent_us),
                        (bytes - window_.front().packet.size_bytes) / seconds(received_us));
  }

 private:
  bool Spare() const {
    return window_.size() > 500 ||
           window_.back().arrival - window_.front().arrival > Duration::Seconds(5) ||
           window_.back().arrival - window_[1].arrival >= Duration::Seconds(1);
  }

  std::vector<PacketResult> window_;
  Instant newest_;
};

// What a feedback tells of a stream that is sent in bursts and arrives with jitter, in part out of
// order, in part never; now and then it stands still.
class Stream {
 public:
  explicit Stream(SeededRandom& random)
      : random_(random), spacing_us_(1 + Below(random, 4000)), jitter_us_(Below(random, 30'000)) {}

  std::vector<PacketResult> Next() {
    std::vector<PacketResult> results;
    const int64_t count = 1 + Below(random_, 80);
    if (Chance(random_, 2)) sent_ = sent_ + Duration::Millis(Below(random_, 8000));
    for (int64_t i = 0; i < count; ++i) {
      if (Chance(random_, 30)) sent_ = sent_ + Duration::Micros(spacing_us_ * 8);
      PacketResult result;
      result.packet.sent = sent_;
      result.packet.size_bytes = static_cast<int>(40 + Below(random_, 1200));
      result.received = !Chance(random_, 3);
      arrival_ = std::max(arrival_, sent_ + Duration::Millis(20));
      result.arrival = arrival_ + Duration::Micros(Below(random_, jitter_us_ + 1));
      if (Chance(random_, 90)) arrival_ = result.arrival;
      results.push_back(result);
    }
    return results;
  }

 private:
  SeededRandom& random_;
  const int64_t spacing_us_;
  const int64_t jitter_us_;
  Instant sent_ = Instant::FromMicros(1'000'000);
  Instant arrival_;
};

TEST(Throughput, AgreesWithAReadingOfTheWholeWindow) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    Stream stream(random);
    Throughput throughput;
    Plain plain;
    for (int i = 0; i < 300; ++i) {
      const std::vector<PacketResult> results = stream.Next();
      throughput.OnFeedback(results);
      plain.OnFeedback(results);
      ASSERT_EQ(throughput.bps().has_value(), plain.bps().has_value()) << i;
      ASSERT_DOUBLE_EQ(throughput.bps().value_or(0), plain.bps().value_or(0)) << i;
    }
  }
}

TEST(Throughput, SaysNothingOfTooFewPackets) {
  Throughput throughput;
  PacketResult result = {.packet = {.size_bytes = 1000}, .received = true};
  for (int i = 0; i < 9; ++i) {
    result.packet.sent = result.arrival = AtMs(10 * i);
    throughput.OnFeedback({&result, 1});
  }
  EXPECT_FALSE(throughput.bps());
  result.packet.sent = result.arrival = AtMs(90);
  throughput.OnFeedback({&result, 1});
  EXPECT_NEAR(*throughput.bps(), 800'000, 1);
}

TEST(Throughput, ForgivesOneGap) {
  Throughput throughput;
  std::vector<PacketResult> results;
  for (int i = 0; i < 50; ++i) {
    PacketResult result = {.packet = {.size_bytes = 1000}, .received = true};
    result.packet.sent = AtMs(10 * i);
    result.arrival = AtMs(10 * i + (i < 25 ? 0 : 200));
    results.push_back(result);
  }
  throughput.OnFeedback(results);
  EXPECT_NEAR(*throughput.bps(), 800'000, 10'000);
}

}  // namespace
}  // namespace conclave::media
