// Short words for writing scenarios.
#pragma once

#include <initializer_list>
#include <optional>
#include <utility>

#include "sim/bwe/scenario.h"
#include "sim/bwe/world.h"

namespace conclave::sim {

inline constexpr int64_t kMbps = 1'000'000;
inline constexpr int64_t kKbps = 1'000;

// `worst`: a limit of the worst seed too, where the median's is not all that is asked for.
inline Metric AtLeast(const char* name, double limit, std::optional<double> worst = {}) {
  return {name, Bound::kAtLeast, limit, worst};
}
inline Metric AtMost(const char* name, double limit) { return {name, Bound::kAtMost, limit}; }
inline Metric Report(const char* name) { return {name, Bound::kReport, 0}; }

// Capacity by {second, Mbps}.
inline Capacity Steps(std::initializer_list<std::pair<double, double>> steps) {
  std::vector<CapacityStep> all;
  for (const auto& [second, mbps] : steps) {
    all.push_back({static_cast<Micros>(second * kSecond), static_cast<int64_t>(mbps * kMbps)});
  }
  return Capacity(std::move(all));
}

inline std::vector<TimelinePoint> TimelineOf(const FlowStats& stats) {
  constexpr Micros kStep = 500 * kMilli;
  std::vector<TimelinePoint> points;
  for (Micros at = 0; !stats.queue.empty() && at + kStep <= stats.queue.back().at; at += kStep) {
    points.push_back({stats.delivered.Bps(at, at + kStep) / kMbps,
                      MeanTarget(stats, at, at + kStep) / kMbps,
                      QueuePercentileMs(stats, 95, at, at + kStep)});
  }
  return points;
}

// What `world` measured, and the course of its flows.
inline Outcome Finish(const World& world, std::vector<double> values) {
  Outcome outcome{std::move(values), world.AudioBad(), world.Hash(), {}};
  for (const auto& flow : world.flows()) outcome.timelines.push_back(TimelineOf(flow->stats()));
  return outcome;
}

// Percent of min(capacity, wanted) that all flows together delivered in [from, to) seconds.
inline double Utilisation(const World& world, const Capacity& capacity, double from, double to,
                          int64_t wanted = INT64_MAX) {
  const auto begin = static_cast<Micros>(from * kSecond);
  const auto end = static_cast<Micros>(to * kSecond);
  double delivered = 0;
  for (const auto& flow : world.flows()) delivered += flow->stats().delivered.Bps(begin, end);
  return 100 * delivered * (to - from) / capacity.Bits(begin, end, wanted);
}

// The mean over the flows.
inline double Queue95(const World& world, double from, double to) {
  double sum = 0;
  for (const auto& flow : world.flows()) {
    sum += QueuePercentileMs(flow->stats(), 95, static_cast<Micros>(from * kSecond),
                             static_cast<Micros>(to * kSecond));
  }
  return sum / static_cast<double>(world.flows().size());
}

inline double JainOf(const World& world, double from, double to) {
  std::vector<double> rates;
  for (const auto& flow : world.flows()) {
    rates.push_back(flow->stats().delivered.Bps(static_cast<Micros>(from * kSecond),
                                                static_cast<Micros>(to * kSecond)));
  }
  return Jain(rates);
}

// Seconds after `since` at which flow `index` reaches 90 % of `mbps`.
inline double Reaches(const World& world, size_t index, double mbps, double since, double until) {
  return SecondsToReach(world.flows()[index]->stats().delivered, mbps * kMbps,
                        static_cast<Micros>(since * kSecond), static_cast<Micros>(until * kSecond));
}

inline double Drains(const World& world, double since, double until) {
  return SecondsToDrain(world.flows()[0]->stats(), static_cast<Micros>(since * kSecond),
                        static_cast<Micros>(until * kSecond));
}

}  // namespace conclave::sim
