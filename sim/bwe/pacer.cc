#include "sim/bwe/pacer.h"

#include <algorithm>
#include <cmath>

namespace conclave::sim {
namespace {

// As the prober of libwebrtc: nothing smaller measures anything.
constexpr int kProbePacketMin = 200;
constexpr int kPacketMax = 1200;
constexpr int kPaddingPacket = 250;

Micros TimeFor(double bytes, double bps) {
  if (bps <= 0) return Pacer::kIdle / 2;
  return static_cast<Micros>(std::ceil(bytes * 8 * kSecond / bps));
}

}  // namespace

void Pacer::Push(int size_bytes) {
  queue_.push_back(size_bytes);
  queued_bytes_ += size_bytes;
}

void Pacer::AddProbe(const media::ProbeCluster& cluster, Micros now) {
  if (clusters_.size() < kClustersMax) clusters_.push_back({cluster, now, -1, 0, 0});
}

void Pacer::OnBypass(int size_bytes, Micros now) {
  Drain(now);
  Charge(size_bytes);
}

double Pacer::MediaRate() const {
  const double rate = static_cast<double>(plan_.pacing.bps());
  const double drain = static_cast<double>(queued_bytes_) * 8 * kSecond / kDrainMax;
  return std::max(rate, drain);
}

bool Pacer::Blocked(int64_t bytes_in_flight) const {
  return plan_.window_bytes > 0 && bytes_in_flight >= plan_.window_bytes;
}

void Pacer::Drain(Micros now) {
  const double seconds = static_cast<double>(now - drained_at_) / kSecond;
  drained_at_ = now;
  media_debt_ -= MediaRate() / 8 * seconds;
  padding_debt_ -= static_cast<double>(plan_.padding.bps()) / 8 * seconds;
  if (media_debt_ <= 0) {
    media_debt_ = 0;
    bursting_ = true;
  }
  padding_debt_ = std::max(0.0, padding_debt_);
}

Micros Pacer::ProbeTime(const Cluster& cluster, Micros now) const {
  if (cluster.started < 0) return now;
  const auto rate = static_cast<double>(cluster.plan.rate.bps());
  return cluster.started + TimeFor(static_cast<double>(cluster.bytes), rate);
}

PacedPacket Pacer::PopProbe(Micros now) {
  Cluster& cluster = clusters_.front();
  if (cluster.started < 0) cluster.started = now;
  PacedPacket packet;
  packet.probe_cluster = cluster.plan.id;
  if (queue_.empty()) {
    const auto share = static_cast<int>(cluster.plan.bytes_min / cluster.plan.packets_min) + 1;
    packet.size_bytes = std::clamp(share, kProbePacketMin, kPacketMax);
    packet.kind = media::PacketKind::kPadding;
  } else {
    packet.size_bytes = PopMedia().size_bytes;
  }
  cluster.bytes += packet.size_bytes;
  ++cluster.packets;
  const bool done =
      cluster.packets >= cluster.plan.packets_min && cluster.bytes >= cluster.plan.bytes_min;
  if (done) clusters_.pop_front();
  return packet;
}

PacedPacket Pacer::PopMedia() {
  PacedPacket packet;
  packet.size_bytes = queue_.front();
  queue_.pop_front();
  queued_bytes_ -= packet.size_bytes;
  return packet;
}

void Pacer::Charge(int size_bytes) {
  // What goes beside the pacing may not silence it for long (libwebrtc: debt <= 500 ms).
  media_debt_ = std::min(media_debt_ + size_bytes, MediaRate() / 8 * 0.5);
  const auto padding = static_cast<double>(plan_.padding.bps());
  padding_debt_ = std::min(padding_debt_ + size_bytes, padding / 8 * 0.5);
  if (media_debt_ >= MediaRate() / 8 * kBurst / kSecond) bursting_ = false;
}

std::optional<PacedPacket> Pacer::Pop(int64_t bytes_in_flight, Micros now) {
  Drain(now);
  while (!clusters_.empty() && now - clusters_.front().added > kClusterTimeout) {
    clusters_.pop_front();
  }
  std::optional<PacedPacket> packet;
  if (!clusters_.empty()) {
    if (ProbeTime(clusters_.front(), now) > now) return std::nullopt;
    packet = PopProbe(now);
  } else if (Blocked(bytes_in_flight)) {
    return std::nullopt;
  } else if (!queue_.empty()) {
    if (!bursting_) return std::nullopt;
    packet = PopMedia();
  } else if (plan_.padding.bps() > 0 && padding_debt_ <= 0 && media_debt_ <= 0) {
    packet = PacedPacket{kPaddingPacket, media::PacketKind::kPadding, media::kNoProbe};
  }
  if (packet) Charge(packet->size_bytes);
  return packet;
}

Micros Pacer::NextTime(int64_t bytes_in_flight, Micros now) const {
  if (!clusters_.empty()) return std::max(now, ProbeTime(clusters_.front(), now));
  if (Blocked(bytes_in_flight)) return kIdle;
  if (!queue_.empty()) return bursting_ ? now : now + TimeFor(media_debt_, MediaRate());
  const auto padding = static_cast<double>(plan_.padding.bps());
  if (padding <= 0) return kIdle;
  return now +
         std::max({Micros{1}, TimeFor(padding_debt_, padding), TimeFor(media_debt_, MediaRate())});
}

}  // namespace conclave::sim
