#include "sim/bwe/metrics.h"

#include <algorithm>
#include <cmath>

namespace conclave::sim {
namespace {

constexpr Micros kHalf = 500 * kMilli;

double Ratio(int64_t part, int64_t whole) {
  return whole > 0 ? 100 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}

// The queue samples of [from, to); they are sorted by time.
std::span<const QueueSample> Between(const FlowStats& flow, Micros from, Micros to) {
  const auto before = [](const QueueSample& sample, Micros at) { return sample.at < at; };
  const auto first = std::lower_bound(flow.queue.begin(), flow.queue.end(), from, before);
  const auto last = std::lower_bound(first, flow.queue.end(), to, before);
  return {first, last};
}

}  // namespace

void RateSeries::Add(Micros at, int64_t bytes) {
  const auto index = static_cast<size_t>(at / kBin);
  if (index >= bins_.size()) bins_.resize(index + 1);
  bins_[index] += bytes;
}

double RateSeries::Bps(Micros from, Micros to) const {
  int64_t bytes = 0;
  for (Micros at = from; at < to; at += kBin) {
    const auto index = static_cast<size_t>(at / kBin);
    if (index < bins_.size()) bytes += bins_[index];
  }
  return static_cast<double>(bytes) * 8 * kSecond / static_cast<double>(to - from);
}

double Percentile(std::vector<double> values, double percent) {
  if (values.empty()) return 0;
  const auto last = static_cast<double>(values.size() - 1);
  const auto index = static_cast<ptrdiff_t>(std::lround(last * percent / 100));
  std::nth_element(values.begin(), values.begin() + index, values.end());
  return values[static_cast<size_t>(index)];
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double QueuePercentileMs(const FlowStats& flow, double percent, Micros from, Micros to) {
  std::vector<double> delays;
  for (const QueueSample& sample : Between(flow, from, to)) {
    delays.push_back(static_cast<double>(sample.delay) / kMilli);
  }
  return Percentile(std::move(delays), percent);
}

double MeanTarget(const FlowStats& flow, Micros from, Micros to) {
  double sum = 0;
  int count = 0;
  for (const FlowStats::Target& target : flow.targets) {
    if (target.at < from || target.at >= to) continue;
    sum += static_cast<double>(target.bps);
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

double AudioBadPercent(const FlowStats& flow, Micros now) {
  const int64_t undecided =
      std::count_if(flow.audio_on_way.begin(), flow.audio_on_way.end(),
                    [now](const AudioOnWay& packet) { return packet.due >= now; });
  const int64_t decided = flow.audio_sent - undecided;
  return Ratio(decided - flow.audio_in_time, decided);
}

double LossPercent(const FlowStats& flow) {
  return Ratio(flow.sent_packets - flow.received_packets, flow.sent_packets);
}

double PaddingPercent(const FlowStats& flow) { return Ratio(flow.padding_bytes, flow.sent_bytes); }

double SecondsToReach(const RateSeries& series, double bps, Micros since, Micros until) {
  for (Micros at = since; at + 2 * kHalf <= until; at += RateSeries::kBin) {
    if (series.Bps(at, at + kHalf) >= .9 * bps &&
        series.Bps(at + kHalf, at + 2 * kHalf) >= .85 * bps) {
      return static_cast<double>(at - since) / kSecond;
    }
  }
  return kNeverSeconds;
}

double SecondsToDrain(const FlowStats& flow, Micros since, Micros until) {
  constexpr double kDrainedMs = 60;
  constexpr double kStillMs = 78;
  for (Micros at = since; at + 3 * kHalf <= until; at += RateSeries::kBin) {
    if (Between(flow, at, at + kHalf).empty()) continue;
    if (QueuePercentileMs(flow, 90, at, at + kHalf) < kDrainedMs &&
        QueuePercentileMs(flow, 90, at + kHalf, at + 3 * kHalf) < kStillMs) {
      return static_cast<double>(at - since) / kSecond;
    }
  }
  return kNeverSeconds;
}

double Jain(std::span<const double> rates) {
  double sum = 0;
  double squares = 0;
  for (const double rate : rates) {
    sum += rate;
    squares += rate * rate;
  }
  return squares > 0 ? sum * sum / (static_cast<double>(rates.size()) * squares) : 0;
}

double StarvedPercent(const FlowStats& flow, const Capacity& capacity, int64_t wanted, Micros from,
                      Micros to) {
  int starved = 0;
  int seconds = 0;
  for (Micros at = from; at + kSecond <= to; at += kSecond) {
    ++seconds;
    const double available = capacity.Bits(at, at + kSecond, wanted);
    if (flow.delivered.Bps(at, at + kSecond) < available / 2) ++starved;
  }
  return Ratio(starved, seconds);
}

}  // namespace conclave::sim
