#include "media/bwe/throughput.h"

#include <algorithm>
#include <utility>

namespace conclave::media {
namespace {

// libwebrtc, robust_throughput_estimator: the window has at least 20 packets and a second, at most
// 500 packets and 5 s, and tells nothing below 10 packets.
constexpr size_t kPacketsNeeded = 10;
constexpr size_t kPacketsMin = 20;
constexpr size_t kPacketsMax = 500;
constexpr Duration kTimeMin = Duration::Seconds(1);
constexpr Duration kTimeMax = Duration::Seconds(5);
constexpr Duration kBackwardsMax = Duration::Seconds(1);
// Far from where the low bits of times wrap.
constexpr Duration kForwardsMax = Duration::Seconds(600);

uint32_t LowBits(Instant time) { return static_cast<uint32_t>(time.us()); }

// Microseconds from `from` to `to`.
int32_t Between(uint32_t from, uint32_t to) { return static_cast<int32_t>(to - from); }

}  // namespace

void Throughput::Sum::AddGap(int32_t gap_us) {
  second_gap_us = std::max(second_gap_us, std::min(gap_us, largest_gap_us));
  largest_gap_us = std::max(largest_gap_us, gap_us);
}

void Throughput::Sum::Add(const Arrived& packet, int32_t gap_us) {
  bytes += packet.size_bytes;
  AddGap(gap_us);
  if (Between(first_sent_us, packet.sent_us) < 0) first_sent_us = packet.sent_us;
  if (Between(last_sent_us, packet.sent_us) <= 0) return;
  last_sent_us = packet.sent_us;
  last_bytes = packet.size_bytes;
}

void Throughput::Sum::Add(const Sum& next) {
  bytes += next.bytes;
  AddGap(next.largest_gap_us);
  AddGap(next.second_gap_us);
  if (Between(first_sent_us, next.first_sent_us) < 0) first_sent_us = next.first_sent_us;
  if (Between(last_sent_us, next.last_sent_us) <= 0) return;
  last_sent_us = next.last_sent_us;
  last_bytes = next.last_bytes;
}

void Throughput::OnFeedback(std::span<const PacketResult> results) {
  for (const PacketResult& result : results) {
    if (!result.received) continue;
    // The peer's clock jumped.
    const Duration ahead = result.arrival - newest_;
    if (-ahead > kBackwardsMax || ahead > kForwardsMax) begin_ = end_ = summed_ = 0;
    if (size() == 0 || ahead > Duration()) newest_ = result.arrival;
    Insert({LowBits(result.arrival), LowBits(result.packet.sent), result.packet.size_bytes});
  }
  Trim();
  bps_ = Compute();
}

void Throughput::Insert(const Arrived& packet) {
  if (size() == kPacketsMax) ++begin_;
  if (size() == packets_.size()) Grow();
  size_t at = end_++;
  for (; at > begin_ && Between(At(at - 1).at_us, packet.at_us) < 0; --at) At(at) = At(at - 1);
  At(at) = packet;
  summed_ = std::min(summed_, at / kBlock * kBlock);
}

void Throughput::Grow() {
  std::vector<Arrived> larger(std::max(kBlock, 2 * packets_.size()));
  for (size_t i = begin_; i < end_; ++i) larger[i & (larger.size() - 1)] = At(i);
  packets_ = std::move(larger);
  blocks_.resize(packets_.size() / kBlock);
  summed_ = 0;
}

void Throughput::Trim() {
  while (size() > kPacketsMin) {
    const uint32_t newest = At(end_ - 1).at_us;
    const int64_t span_us = Between(At(begin_).at_us, newest);
    const bool enough = Between(At(begin_ + 1).at_us, newest) >= kTimeMin.us();
    if (span_us <= kTimeMax.us() && !enough) return;
    ++begin_;
  }
}

// Requires a packet.
Throughput::Sum Throughput::SumOf(size_t from, size_t to) const {
  const Arrived& first = At(from);
  const int32_t gap = from > begin_ ? Between(At(from - 1).at_us, first.at_us) : 0;
  Sum sum = {first.size_bytes, gap, 0, first.sent_us, first.sent_us, first.size_bytes};
  uint32_t before = first.at_us;
  for (size_t i = from + 1; i < to; ++i) {
    const Arrived& packet = At(i);
    sum.Add(packet, Between(std::exchange(before, packet.at_us), packet.at_us));
  }
  return sum;
}

Throughput::Sum Throughput::SumAll() {
  // The gap before the oldest packet does not count, so its block is read anew.
  const size_t first = begin_ / kBlock * kBlock + kBlock;
  const size_t last = end_ / kBlock * kBlock;
  if (first >= last) return SumOf(begin_, end_);
  for (summed_ = std::max(summed_, first); summed_ < last; summed_ += kBlock) {
    BlockOf(summed_) = SumOf(summed_, summed_ + kBlock);
  }
  Sum sum = SumOf(begin_, first);
  for (size_t i = first; i < last; i += kBlock) sum.Add(BlockOf(i));
  if (last < end_) sum.Add(SumOf(last, end_));
  return sum;
}

std::optional<double> Throughput::Compute() {
  if (size() < kPacketsNeeded) return std::nullopt;
  const Arrived& front = At(begin_);
  const Sum sum = SumAll();
  // One gap is forgiven: it is replaced by the second largest.
  const int64_t received_us =
      int64_t{Between(front.at_us, At(end_ - 1).at_us)} - sum.largest_gap_us + sum.second_gap_us;
  const int64_t sent_us = Between(sum.first_sent_us, sum.last_sent_us);
  // What a path carries in a millisecond says nothing of a second.
  const auto seconds = [](int64_t us) {
    return static_cast<double>(std::max<int64_t>(us, 1000)) / 1e6;
  };
  const auto received_bytes = static_cast<double>(sum.bytes - front.size_bytes);
  const auto sent_bytes = static_cast<double>(sum.bytes - sum.last_bytes);
  return std::min(sent_bytes / seconds(sent_us), received_bytes / seconds(received_us)) * 8;
}

}  // namespace conclave::media
