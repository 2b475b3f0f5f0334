// GCC's probes: at the start, in application-limited phases, when more is wished for, and after a
// deep drop (libwebrtc, probe_controller).
#pragma once

#include <optional>
#include <vector>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

// What forbids probing, and what it may rely on.
struct ProbeContext {
  double target_bps = 0;
  double desired_bps = 0;
  // Over- or underuse, RTT backoff, or losses that limit the rate.
  bool forbidden = false;
  std::optional<Instant> alr_since;
  std::optional<Instant> alr_ended;
};

// Makes a cluster of libwebrtc's shape: at least 5 packets and 15 ms at `bps`.
ProbeCluster MakeProbe(int id, double bps);

class ProbePlanner {
 public:
  void Start(double start_bps, double desired_bps, Instant now);
  void OnDesired(const ProbeContext& context, Instant now);
  // The estimate changed, by a probe's result where `measured_bps` is set.
  void OnEstimate(const ProbeContext& context, std::optional<double> measured_bps, Instant now);
  // The queue has emptied after overuse: capacity may be back.
  void OnRecovered(const ProbeContext& context, Instant now);
  void OnDeadline(const ProbeContext& context, Instant now);

  void Take(std::vector<ProbeCluster>& out);

 private:
  void Probe(double bps, const ProbeContext& context, bool again, Instant now);

  std::vector<ProbeCluster> pending_;
  int next_id_ = 1;
  Instant last_probe_;
  // While a result is awaited: probing goes on where it exceeds this.
  std::optional<double> continue_above_;
  double last_rate_ = 0;
  double previous_estimate_ = 0;
  double before_drop_ = 0;
  std::optional<Instant> dropped_;
  std::optional<Instant> last_recovery_;
};

}  // namespace conclave::media
