// Congestion control of what one transport sends: one interface, three controllers (GCC, SCReAM v2
// and the hybrid that is the default). Sans-IO and deterministic: time is an argument, there is no
// randomness, and the same calls give the same answers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/data_rate.h"
#include "base/time.h"

namespace conclave::media {

enum class PacketKind : uint8_t { kAudio, kVideo, kRetransmission, kPadding };

// The mark of a packet that belongs to no probe.
inline constexpr int kNoProbe = -1;

// A packet as it left the pacer. Sizes count everything that the network carries: IP, UDP and SRTP
// overhead is 4 to 6 % of a call, and a controller that ignores it overshoots for good.
struct SentPacket {
  // Transport-wide number, unwrapped.
  int64_t sequence = -1;
  Instant sent;
  int size_bytes = 0;
  PacketKind kind = PacketKind::kVideo;
  int probe_cluster = kNoProbe;
};

// What the peer's feedback says of a packet. Each packet is reported lost at most once and received
// at most once; a loss may be taken back by a later report.
struct PacketResult {
  SentPacket packet;
  // All that was ever sent, up to and with this packet: as OnSent was told of it.
  int64_t sent_bytes = 0;
  bool received = false;
  // By the peer's clock, whose epoch is unknown and which may drift. Only where received.
  Instant arrival;
  // The network marked it (RFC 3168: CE). Only CCFB tells.
  bool congestion_experienced = false;
  // It was reported lost before.
  bool recovered = false;
};

// A burst that measures the path: at least so many packets and bytes, sent at `rate`.
struct ProbeCluster {
  int id = 0;
  DataRate rate;
  int packets_min = 0;
  int64_t bytes_min = 0;
};

struct SendPlan {
  // What media, retransmissions and their overhead may take together.
  DataRate target;
  // The same but for moments in which less is sent to try the path out: what to send is chosen by
  // this, since packets can wait for such a moment. Zero: as `target`.
  DataRate steady;
  DataRate pacing;
  // Where media leaves room below this, padding fills up; zero: none.
  DataRate padding;
  // Media and padding wait while this much is unacknowledged; audio does not.
  int64_t window_bytes = 0;
};

struct BandwidthConfig {
  DataRate start = DataRate::Kbps(300);
  // Below this not even audio works, so a controller never goes lower.
  DataRate min = DataRate::Kbps(30);
  // A bound for memory and probing rather than for networks.
  DataRate max = DataRate::Kbps(100'000);
};

class BandwidthController {
 public:
  virtual ~BandwidthController() = default;

  // In the order of sending.
  virtual void OnSent(const SentPacket& packet) = 0;
  // One feedback message's results in the order of sending, never empty.
  virtual void OnFeedback(std::span<const PacketResult> results, Instant now) = 0;
  // To be called when `NextDeadline` has come.
  virtual void OnDeadline(Instant now) = 0;
  virtual Instant NextDeadline() const = 0;
  // What the peer could use if the network allowed: the sum of the wished layers. No probe goes far
  // beyond it, and none is sent while the target reaches it.
  virtual void SetDesired(DataRate desired, Instant now) = 0;
  // The least rate above the present one that the peer could make use of: a smaller probe would
  // tell nothing. Zero: any.
  virtual void SetNextStep(DataRate) {}
  // ICE restarted or switched: delays of the old path mean nothing on the new one; the rate stays.
  virtual void OnRouteChange(Instant now) = 0;

  virtual SendPlan plan() const = 0;
  // Appends probes that are to be sent now; each is handed out once.
  virtual void TakeProbes(std::vector<ProbeCluster>& out) = 0;
};

}  // namespace conclave::media
