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

void Throughput::OnFeedback(std::span<const PacketResult> results) {
  for (const PacketResult& result : results) {
    if (!result.received) continue;
    // The peer's clock jumped.
    const Duration ahead = result.arrival - newest_;
    if (-ahead > kBackwardsMax || ahead > kForwardsMax) window_.Clear();
    if (window_.empty() || ahead > Duration()) newest_ = result.arrival;
    Insert({LowBits(result.arrival), LowBits(result.packet.sent), result.packet.size_bytes});
  }
  Trim();
  bps_ = Compute();
}

void Throughput::Insert(const Arrived& packet) {
  if (!window_.Push(packet)) return;
  for (size_t i = window_.size() - 1; i > 0; --i) {
    if (Between(window_[i - 1].at_us, packet.at_us) >= 0) return;
    std::swap(window_[i - 1], window_[i]);
  }
}

void Throughput::Trim() {
  while (window_.size() > kPacketsMin) {
    const uint32_t newest = window_.back().at_us;
    const int64_t span_us = Between(window_.front().at_us, newest);
    const bool enough = Between(window_[1].at_us, newest) >= kTimeMin.us();
    if (window_.size() <= kPacketsMax && span_us <= kTimeMax.us() && !enough) return;
    window_.Pop();
  }
}

std::optional<double> Throughput::Compute() const {
  if (window_.size() < kPacketsNeeded) return std::nullopt;
  const Arrived& front = window_.front();
  uint32_t before = front.at_us;
  int32_t largest_gap = 0;
  int32_t second_gap = 0;
  int32_t first_sent = 0;
  int32_t last_sent = 0;
  int last_bytes = front.size_bytes;
  int64_t bytes = 0;
  for (size_t i = 0; i < window_.size(); ++i) {
    const Arrived& packet = window_[i];
    bytes += packet.size_bytes;
    const int32_t sent = Between(front.sent_us, packet.sent_us);
    first_sent = std::min(first_sent, sent);
    if (sent > last_sent) last_bytes = packet.size_bytes;
    last_sent = std::max(last_sent, sent);
    const int32_t gap = Between(std::exchange(before, packet.at_us), packet.at_us);
    second_gap = std::max(second_gap, std::min(gap, largest_gap));
    largest_gap = std::max(largest_gap, gap);
  }
  // One gap is forgiven: it is replaced by the second largest.
  const int64_t received_us = int64_t{Between(front.at_us, before)} - largest_gap + second_gap;
  const int64_t sent_us = int64_t{last_sent} - first_sent;
  // What a path carries in a millisecond says nothing of a second.
  const auto seconds = [](int64_t us) {
    return static_cast<double>(std::max<int64_t>(us, 1000)) / 1e6;
  };
  const auto received_bytes = static_cast<double>(bytes - front.size_bytes);
  const auto sent_bytes = static_cast<double>(bytes - last_bytes);
  return std::min(sent_bytes / seconds(sent_us), received_bytes / seconds(received_us)) * 8;
}

}  // namespace conclave::media
