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

bool Earlier(const PacketResult& a, const PacketResult& b) { return a.arrival < b.arrival; }

}  // namespace

void Throughput::OnFeedback(std::span<const PacketResult> results) {
  for (const PacketResult& result : results) {
    if (!result.received) continue;
    // The peer's clock jumped.
    if (!window_.empty() && window_.back().arrival - result.arrival > kBackwardsMax)
      window_.Clear();
    Insert(result);
  }
  Trim();
  bps_ = Compute();
}

void Throughput::Insert(const PacketResult& result) {
  if (!window_.Push(result)) return;
  for (size_t i = window_.size() - 1; i > 0 && Earlier(result, window_[i - 1]); --i) {
    std::swap(window_[i - 1], window_[i]);
  }
}

void Throughput::Trim() {
  while (window_.size() > kPacketsMin) {
    const Duration span = window_.back().arrival - window_.front().arrival;
    const bool enough = window_[1].arrival <= window_.back().arrival - kTimeMin;
    if (window_.size() <= kPacketsMax && span <= kTimeMax && !enough) return;
    window_.Pop();
  }
}

std::optional<double> Throughput::Compute() const {
  if (window_.size() < kPacketsNeeded) return std::nullopt;
  Duration largest_gap;
  Duration second_gap;
  Instant first_sent = Instant::Never();
  const PacketResult* last_sent = &window_.front();
  double bytes = 0;
  for (size_t i = 0; i < window_.size(); ++i) {
    const SentPacket& packet = window_[i].packet;
    bytes += packet.size_bytes;
    first_sent = std::min(first_sent, packet.sent);
    if (packet.sent > last_sent->packet.sent) last_sent = &window_[i];
    if (i == 0) continue;
    const Duration gap = window_[i].arrival - window_[i - 1].arrival;
    second_gap = std::max(second_gap, std::min(gap, largest_gap));
    largest_gap = std::max(largest_gap, gap);
  }
  // One gap is forgiven: it is replaced by the second largest.
  const Duration received =
      window_.back().arrival - window_.front().arrival - largest_gap + second_gap;
  const Duration sent = last_sent->packet.sent - first_sent;
  // What a path carries in a millisecond says nothing of a second.
  const double send_s = std::max(sent, Duration::Millis(1)).seconds();
  const double receive_s = std::max(received, Duration::Millis(1)).seconds();
  const double receive_bytes = bytes - window_.front().packet.size_bytes;
  const double send_bytes = bytes - last_sent->packet.size_bytes;
  return std::min(send_bytes / send_s, receive_bytes / receive_s) * 8;
}

}  // namespace conclave::media
