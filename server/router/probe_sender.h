// When which bytes of a probe are due: the bursts that a bandwidth controller asks for, spread over
// time at the rates that they are to measure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "media/bwe/bandwidth_controller.h"

namespace conclave::router {

// One per receiver. Bursts are sent one after another; media that leaves meanwhile counts as part
// of the burst. Allocates nothing.
class ProbeSender {
 public:
  // As libwebrtc's prober has it: unsent bursts die.
  static constexpr size_t kClustersMax = 5;
  static constexpr Duration kTimeout = Duration::Seconds(1);
  // Timers that come sooner measure the timer.
  static constexpr Duration kSpacingMin = Duration::Millis(2);
  // libwebrtc: smaller ones measure nothing; larger ones are not sent.
  static constexpr int kPacketMin = 200;
  static constexpr int kPacketMax = 1200;

  // Left out where too many wait.
  void Add(const media::ProbeCluster& cluster, Instant now);
  // The burst that is being sent, or media::kNoProbe.
  int cluster() const { return started_ ? clusters_[0].plan.id : media::kNoProbe; }
  // How large a packet of the burst may be so that it has as many as it wants: a few large ones at
  // a low rate would be a queue of their own.
  int packet_bytes() const;
  // A packet that counts for the burst.
  void OnSent(int size_bytes);
  // Bytes of padding that are to leave now (more packets than that: at least one where it is > 0).
  // Starts and ends bursts.
  int64_t Due(Instant now);
  // When Due may have something.
  Instant NextDeadline() const { return deadline_; }

 private:
  struct Cluster {
    media::ProbeCluster plan;
    Instant added;
  };
  Duration TimeOf(int64_t bytes) const;
  bool Complete() const;
  void Drop();

  std::array<Cluster, kClustersMax> clusters_;
  size_t count_ = 0;
  bool started_ = false;
  Instant start_;
  int packets_ = 0;
  int64_t bytes_ = 0;
  // Once its time is over.
  std::optional<int> packets_before_end_;
  Instant deadline_ = Instant::Never();
};

}  // namespace conclave::router
