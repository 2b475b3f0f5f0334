// The hybrid's probes: GCC's burst at the start, and later, as long as less than the wished rate is
// known to fit, now and then a little more. Level-triggered: no edge can be missed.
#pragma once

#include <optional>
#include <vector>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

struct ProberFacts {
  double target_bps = 0;
  double desired_bps = 0;
  // The least rate that is worth a probe; zero: any.
  double step_bps = 0;
  double rtt_ms = 0;
  // No queue beyond jitter, and no losses that speak against it.
  bool quiet = false;
  // The application sends less than it may: more cannot be learned without probes.
  bool limited = false;
  // The rate before a recent congestion, zero without one: where the cause was a neighbour's burst,
  // it is there again as soon as the queue is empty.
  double recover_bps = 0;
  std::optional<Instant> congested;
  // The last probe filled the link: the next would only hurt.
  bool probe_queued = false;
  // As much as filled the link lately goes through without a queue.
  bool unfull = false;
  // Any number that differs between flows: those that share a link must not all probe at once.
  uint64_t salt = 0;
};

class Prober {
 public:
  void Start(double start_bps, double desired_bps, Instant now);
  void OnResult(double bps, const ProberFacts& facts, Instant now);
  void OnTime(const ProberFacts& facts, Instant now);
  bool started() const { return started_; }
  // The last probe was for a rate that fitted before.
  bool recovering() const { return recovering_; }
  void Take(std::vector<ProbeCluster>& out);

 private:
  void Probe(double bps, double desired_bps, Instant now);
  // A little more than the target; the next one without a cause not before `interval`.
  void Again(Duration interval, const ProberFacts& facts, Instant now);
  static double QuietMs(const ProberFacts& facts);

  std::vector<ProbeCluster> pending_;
  int next_id_ = 1;
  Instant last_;
  bool started_ = false;
  bool recovering_ = false;
  Duration interval_ = Duration::Seconds(1);
  std::optional<double> further_above_;
  double before_bps_ = 0;
  // The last probe was because the link seemed to carry more; how long until the next of these.
  bool unfull_probe_ = false;
  Duration unfull_wait_ = Duration::Seconds(1);
};

}  // namespace conclave::media
