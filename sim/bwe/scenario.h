// A named network, what is measured on it, and what must hold there for the product's controller.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "media/bwe/controllers.h"

namespace conclave::sim {

enum class Bound : uint8_t { kAtLeast, kAtMost, kReport };

// "u" is utilisation in percent, "q" the 95th percentile of the queue in milliseconds, times are in
// seconds, rates in Mbps.
struct Metric {
  std::string name;
  Bound bound = Bound::kReport;
  double limit = 0;
  std::optional<double> worst_limit;
};

// One flow, each half second.
struct TimelinePoint {
  double delivered_mbps = 0;
  double target_mbps = 0;
  double queue_ms = 0;
};

struct Outcome {
  // One for each metric.
  std::vector<double> values;
  // Audio packets late or lost, percent.
  double audio_bad = 0;
  uint64_t hash = 0;
  // One for each flow.
  std::vector<std::vector<TimelinePoint>> timelines;
};

inline constexpr double kAudioGate = 2;
// Where loss is injected or a competitor owns the queue, audio is not gated.
inline constexpr double kNoAudioGate = -1;

struct Scenario {
  int number = 0;
  std::string name;
  std::vector<Metric> metrics;
  double audio_max = kAudioGate;
  std::function<Outcome(media::Algorithm, uint64_t seed)> run;
};

// The 43 of the reference note, then our own, in order. Seeds are the caller's; equal
// seeds give equal bytes.
std::vector<Scenario> AllScenarios();

std::vector<Scenario> JoinAndStepScenarios();
std::vector<Scenario> ImpairmentScenarios();
std::vector<Scenario> ApplicationScenarios();
std::vector<Scenario> CompetitionScenarios();
std::vector<Scenario> FeedbackScenarios();
std::vector<Scenario> ExtraScenarios();

// True where `value` keeps the bound.
bool Holds(const Metric& metric, double value);

}  // namespace conclave::sim
