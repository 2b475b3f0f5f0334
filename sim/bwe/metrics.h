// What happened to one flow, and what can be said of it.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "sim/bwe/capacity.h"
#include "sim/bwe/event_queue.h"

namespace conclave::sim {

// Bytes in steps of 50 ms.
class RateSeries {
 public:
  static constexpr Micros kBin = 50 * kMilli;
  void Add(Micros at, int64_t bytes);
  // Whole bins of [from, to).
  double Bps(Micros from, Micros to) const;

 private:
  std::vector<int64_t> bins_;
};

struct QueueSample {
  Micros at = 0;
  Micros delay = 0;
};

struct AudioOnWay {
  int64_t sequence = 0;
  // When it must have arrived to be in time.
  Micros due = 0;
};

struct FlowStats {
  RateSeries delivered;
  RateSeries delivered_media;
  // Of each delivered packet: waiting and transmission on the link, in the order of arrival.
  std::vector<QueueSample> queue;
  struct Target {
    Micros at;
    int64_t bps;
  };
  std::vector<Target> targets;
  int64_t sent_packets = 0;
  int64_t received_packets = 0;
  int64_t sent_bytes = 0;
  int64_t padding_bytes = 0;
  int64_t audio_sent = 0;
  int64_t audio_in_time = 0;
  // Sent after the newest audio that has arrived, in the order of sending.
  std::deque<AudioOnWay> audio_on_way;
  // Switches of layers, as if each were a byte.
  RateSeries switches;
  // The first time at which every source was at its top layer.
  Micros all_top = -1;
  // Of everything that was sent and received: equal for equal runs.
  uint64_t log_hash = 0;
};

// Audio that waited longer is of no use to the listener.
inline constexpr Micros kAudioLate = 150 * kMilli;

double QueuePercentileMs(const FlowStats& flow, double percent, Micros from, Micros to);
double MeanTarget(const FlowStats& flow, Micros from, Micros to);
// Lost or late until `now`; audio that may still arrive in time is none of it.
double AudioBadPercent(const FlowStats& flow, Micros now);
double LossPercent(const FlowStats& flow);
double PaddingPercent(const FlowStats& flow);

// Seconds from `since` until `bps` is reached: the first half second with 90 % of it that is
// followed by one with 85 %. kNeverSeconds where that does not happen before `until`.
inline constexpr double kNeverSeconds = 999;
double SecondsToReach(const RateSeries& series, double bps, Micros since, Micros until);

// Seconds from `since` until the queue is drained: p90 < 60 ms for 500 ms, then < 78 ms for 1 s.
double SecondsToDrain(const FlowStats& flow, Micros since, Micros until);

// Jain's index of the rates.
double Jain(std::span<const double> rates);

// Seconds in which less than half of min(capacity, wanted) came through.
double StarvedPercent(const FlowStats& flow, const Capacity& capacity, int64_t wanted, Micros from,
                      Micros to);

double Percentile(std::vector<double> values, double percent);
double Median(std::vector<double> values);

}  // namespace conclave::sim
