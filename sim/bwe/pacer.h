// Spreads what a flow sends: media at the pacing rate, probes at theirs, padding below its rate.
// Audio goes around it but counts.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "media/bwe/bandwidth_controller.h"
#include "sim/bwe/event_queue.h"

namespace conclave::sim {

struct PacedPacket {
  int size_bytes = 0;
  media::PacketKind kind = media::PacketKind::kVideo;
  int probe_cluster = media::kNoProbe;
};

class Pacer {
 public:
  // Decisions 26: the bucket is 5 ms at the pacing rate, and at least one packet.
  static constexpr Micros kBurst = 5 * kMilli;
  // A queue that would take longer is sent faster (libwebrtc, modules/pacing).
  static constexpr Micros kDrainMax = 2 * kSecond;
  // As the existing probing of browsers' senders has it: unsent probes die.
  static constexpr Micros kClusterTimeout = 5 * kSecond;
  static constexpr size_t kClustersMax = 5;

  void SetPlan(const media::SendPlan& plan) { plan_ = plan; }
  void Push(int size_bytes);
  void AddProbe(const media::ProbeCluster& cluster, Micros now);
  void OnBypass(int size_bytes, Micros now);

  // The next packet that may go at `now`, if any.
  std::optional<PacedPacket> Pop(int64_t bytes_in_flight, Micros now);
  // When Pop may have something; kIdle where only news changes that.
  Micros NextTime(int64_t bytes_in_flight, Micros now) const;
  static constexpr Micros kIdle = INT64_MAX;

  int64_t queued_bytes() const { return queued_bytes_; }

 private:
  struct Cluster {
    media::ProbeCluster plan;
    Micros added = 0;
    Micros started = -1;
    int packets = 0;
    int64_t bytes = 0;
  };

  double MediaRate() const;
  bool Blocked(int64_t bytes_in_flight) const;
  void Drain(Micros now);
  Micros ProbeTime(const Cluster& cluster, Micros now) const;
  PacedPacket PopProbe(Micros now);
  PacedPacket PopMedia();
  void Charge(int size_bytes);

  media::SendPlan plan_;
  std::deque<int> queue_;
  int64_t queued_bytes_ = 0;
  std::deque<Cluster> clusters_;
  // Bytes sent ahead of the rate, drained as time passes.
  double media_debt_ = 0;
  double padding_debt_ = 0;
  bool bursting_ = false;
  Micros drained_at_ = 0;
};

}  // namespace conclave::sim
