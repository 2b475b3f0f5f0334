// A TCP download that shares the link: Reno or CUBIC, per-packet acknowledgements, losses found by
// three later arrivals as with SACK, one reduction per window (RFC 5681, RFC 9438).
#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <vector>

#include "sim/bwe/link.h"
#include "sim/bwe/metrics.h"

namespace conclave::sim {

enum class TcpKind : uint8_t { kReno, kCubic };

struct TcpConfig {
  TcpKind kind = TcpKind::kReno;
  Micros delay = 50 * kMilli;
  Micros start = 0;
  Micros end = INT64_MAX;
  // Transfers of so many bytes with exponential pauses between; zero: one that does not end.
  double transfer_bytes = 0;
  double off_mean_s = 10;
  // A transfer begins at once.
  bool on_at_start = true;
  uint64_t seed = 0;
};

class TcpFlow final : public Actor, public PacketSink {
 public:
  TcpFlow(TcpConfig config, Link& link, EventQueue& events);

  void OnEvent(int what, int argument, Micros now) override;
  void OnLinkExit(const Packet& packet, Micros at) override;
  const FlowStats& stats() const { return stats_; }

  // From its first packet until all of it is acknowledged.
  struct Transfer {
    Micros begin;
    Micros end = INT64_MAX;
  };
  // In the order of time.
  const std::vector<Transfer>& transfers() const { return transfers_; }

 private:
  enum Event { kBegin, kAck, kTimeout, kArrival };
  struct Outstanding {
    int64_t sequence;
    Micros sent;
    bool acked = false;
    bool lost = false;
  };

  void Begin(Micros now);
  void SendMore(Micros now);
  void SendOne(Micros now);
  void OnAck(int64_t sequence, Micros now);
  // Returns the newest packet that is now known to be lost, -1 without one.
  int64_t DetectLosses(int64_t acked);
  void MeasureRtt(Micros rtt);
  void Grow(Micros now);
  double CubicTarget(Micros now) const;
  void Reduce();
  void ArmTimeout(Micros now);
  Micros Rto() const;
  bool Done() const;

  TcpConfig config_;
  Link& link_;
  EventQueue& events_;
  Rng rng_;

  double window_ = 10;
  double threshold_ = 1e9;
  // Packets of this transfer: still to be sent for the first time (or again), and on the way.
  int64_t left_ = 0;
  int64_t next_sequence_ = 0;
  std::deque<Outstanding> outstanding_;
  int64_t in_flight_ = 0;
  int64_t recovery_until_ = -1;
  double srtt_us_ = 0;
  Micros timeout_at_ = INT64_MAX;
  // CUBIC's state, in packets and seconds.
  double cubic_max_ = 0;
  Micros cubic_epoch_ = -1;
  double cubic_reno_ = 0;
  FlowStats stats_;
  std::vector<Transfer> transfers_;
};

}  // namespace conclave::sim
