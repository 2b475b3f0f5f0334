#include "media/bwe/probe_result.h"

#include <algorithm>

namespace conclave::media {
namespace {

// libwebrtc, probe_bitrate_estimator.
constexpr double kPartNeeded = 0.8;
constexpr double kReceiveSendMax = 2.0;
// Slower arrival than sending: the link is full, and a little less than it carries is stable.
constexpr double kSaturated = 0.9;
constexpr double kBelowSaturation = 0.95;
constexpr Duration kIntervalMax = Duration::Seconds(1);

}  // namespace

std::optional<double> ProbeResults::OnFeedback(std::span<const PacketResult> results,
                                               double random_loss) {
  std::optional<double> newest;
  for (const PacketResult& result : results) {
    if (result.packet.probe_cluster == kNoProbe || !result.received) continue;
    Burst& burst = Of(result.packet.probe_cluster);
    if (burst.plan.id != result.packet.probe_cluster) continue;
    ++burst.packets;
    burst.bytes += result.packet.size_bytes;
    burst.first_sent = std::min(burst.first_sent, result.packet.sent);
    if (result.packet.sent >= burst.last_sent) {
      burst.last_sent = result.packet.sent;
      burst.size_last_sent = result.packet.size_bytes;
    }
    if (result.arrival < burst.first_arrival) {
      burst.first_arrival = result.arrival;
      burst.size_first_arrived = result.packet.size_bytes;
    }
    burst.last_arrival = std::max(burst.last_arrival, result.arrival);
    if (const auto measured = Measure(burst, random_loss)) newest = measured;
  }
  return newest;
}

std::optional<double> ProbeResults::Measure(const Burst& burst, double random_loss) {
  const double arrive = 1 - random_loss;
  const double needed = kPartNeeded * arrive;
  if (burst.packets < needed * burst.plan.packets_min) return std::nullopt;
  if (static_cast<double>(burst.bytes) < needed * static_cast<double>(burst.plan.bytes_min)) {
    return std::nullopt;
  }
  const Duration sent = burst.last_sent - burst.first_sent;
  const Duration received = burst.last_arrival - burst.first_arrival;
  if (sent <= Duration() || sent > kIntervalMax) return std::nullopt;
  if (received <= Duration() || received > kIntervalMax) return std::nullopt;
  const double send_bps =
      static_cast<double>(burst.bytes - burst.size_last_sent) * 8 / sent.seconds() / arrive;
  const double receive_bps =
      static_cast<double>(burst.bytes - burst.size_first_arrived) * 8 / received.seconds() / arrive;
  if (receive_bps > kReceiveSendMax * send_bps) return std::nullopt;
  rates_ = {send_bps, receive_bps};
  if (receive_bps < kSaturated * send_bps) return kBelowSaturation * receive_bps;
  return std::min(send_bps, receive_bps);
}

}  // namespace conclave::media
