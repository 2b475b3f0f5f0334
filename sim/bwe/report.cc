#include "sim/bwe/report.h"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "sim/bwe/held_out.h"
#include "sim/bwe/metrics.h"

namespace conclave::sim {
namespace {

using media::Algorithm;

constexpr std::array kAlgorithms = {Algorithm::kHybrid, Algorithm::kGcc, Algorithm::kScream};

std::string Number(double value) {
  if (value >= kNeverSeconds) return "never";
  std::array<char, 32> text{};
  const double size = std::abs(value);
  const char* format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
  if (size > .9 && size < 1) format = "%.3f";
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

// Of the outcomes' values at `index`; past the metrics is the audio.
std::vector<double> Column(const std::vector<Outcome>& outcomes, size_t index) {
  std::vector<double> values;
  for (const Outcome& outcome : outcomes) {
    const bool audio = index >= outcome.values.size();
    values.push_back(audio ? outcome.audio_bad : outcome.values[index]);
  }
  return values;
}

double Worst(const Metric& metric, std::vector<double> values) {
  if (values.empty()) return 0;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return metric.bound == Bound::kAtLeast ? *low : *high;
}

std::string Limit(const Metric& metric) {
  if (metric.bound == Bound::kReport) return "-";
  return (metric.bound == Bound::kAtLeast ? ">= " : "<= ") + Number(metric.limit);
}

void PrintRow(const std::string& name, const Metric& metric,
              const std::array<std::string, 3>& cells, double value, Gates& gates) {
  const char* verdict = "";
  if (metric.bound != Bound::kReport) {
    const bool holds = Holds(metric, value);
    ++(holds ? gates.passed : gates.failed);
    verdict = holds ? "ok" : "FAIL";
  }
  std::printf("%-28s %-12s %-16s %-16s %-16s %-9s %s\n", name.c_str(), metric.name.c_str(),
              cells[0].c_str(), cells[1].c_str(), cells[2].c_str(), Limit(metric).c_str(), verdict);
}

using ByAlgorithm = std::map<Algorithm, std::vector<Outcome>>;

void PrintScenario(const Scenario& scenario, ByAlgorithm& outcomes, Gates& gates) {
  std::vector<Metric> metrics = scenario.metrics;
  const bool gated = scenario.audio_max >= 0;
  metrics.push_back({"audio %", gated ? Bound::kAtMost : Bound::kReport, scenario.audio_max});
  for (size_t i = 0; i < metrics.size(); ++i) {
    std::array<std::string, 3> cells;
    for (size_t a = 0; a < kAlgorithms.size(); ++a) {
      const std::vector<double> values = Column(outcomes[kAlgorithms[a]], i);
      if (values.empty()) continue;
      cells[a] = Number(Median(values)) + " (" + Number(Worst(metrics[i], values)) + ")";
    }
    const std::string name =
        i == 0 ? std::to_string(scenario.number) + " " + scenario.name : std::string();
    const std::vector<double> ours = Column(outcomes[Algorithm::kHybrid], i);
    PrintRow(name, metrics[i], cells, Median(ours), gates);
    if (!metrics[i].worst_limit || ours.empty()) continue;
    const Metric worst{"worst " + metrics[i].name, metrics[i].bound, *metrics[i].worst_limit};
    PrintRow("", worst, {Number(Worst(metrics[i], ours)), "", ""}, Worst(metrics[i], ours), gates);
  }
}

void PrintNetworks(const Population& population, ByAlgorithm& outcomes, Gates& gates) {
  std::vector<Metric> metrics = NetworkMetrics();
  const std::vector<double> ours = Summarise(outcomes[Algorithm::kHybrid]);
  const size_t count = outcomes[Algorithm::kHybrid].size();
  for (size_t i = 0; i < metrics.size(); ++i) {
    std::array<std::string, 3> cells;
    for (size_t a = 0; a < kAlgorithms.size(); ++a) {
      if (outcomes[kAlgorithms[a]].empty()) continue;
      cells[a] = Number(Summarise(outcomes[kAlgorithms[a]])[i]);
    }
    if (!population.gated) metrics[i].bound = Bound::kReport;
    const std::string name =
        i == 0 ? std::to_string(count) + " " + std::string(population.name) : "";
    PrintRow(name, metrics[i], cells, ours[i], gates);
  }
}

// Each gated metric of a scenario (number 0: the networks) and its value over all seeds.
using GateValues = std::vector<std::pair<Metric, double>>;

GateValues ValuesOf(const Scenario& scenario, const std::vector<Outcome>& outcomes) {
  GateValues values;
  std::vector<Metric> metrics = scenario.metrics;
  if (scenario.audio_max >= 0) metrics.push_back({"audio %", Bound::kAtMost, scenario.audio_max});
  for (size_t i = 0; i < metrics.size(); ++i) {
    if (metrics[i].bound == Bound::kReport) continue;
    values.emplace_back(metrics[i], Median(Column(outcomes, i)));
  }
  return values;
}

GateValues ValuesOfNetworks(const std::vector<Outcome>& outcomes) {
  GateValues values;
  const std::vector<double> summary = Summarise(outcomes);
  const std::vector<Metric> metrics = NetworkMetrics();
  for (size_t i = 0; i < metrics.size(); ++i) values.emplace_back(metrics[i], summary[i]);
  return values;
}

std::map<int, GateValues> AllValues(const std::map<int, std::vector<Outcome>>& scenarios) {
  std::map<int, GateValues> all;
  for (const Scenario& scenario : AllScenarios()) {
    const auto it = scenarios.find(scenario.number);
    if (it != scenarios.end()) all[scenario.number] = ValuesOf(scenario, it->second);
  }
  const auto networks = scenarios.find(0);
  if (networks != scenarios.end()) all[0] = ValuesOfNetworks(networks->second);
  return all;
}

std::set<std::string> FailedGates(const std::map<int, std::vector<Outcome>>& scenarios) {
  std::set<std::string> failed;
  for (const auto& [number, values] : AllValues(scenarios)) {
    for (const auto& [metric, value] : values) {
      if (!Holds(metric, value)) failed.insert(std::to_string(number) + ":" + metric.name);
    }
  }
  return failed;
}

int GateCount(const std::map<int, std::vector<Outcome>>& scenarios) {
  int count = 0;
  for (const auto& [number, values] : AllValues(scenarios)) {
    count += static_cast<int>(values.size());
  }
  return count;
}

}  // namespace

std::string FormatRaw(const RawResult& result) {
  std::ostringstream line;
  line.precision(17);
  line << result.scenario << ' ' << static_cast<int>(result.algorithm) << ' ' << result.seed << ' '
       << result.outcome.hash << ' ' << result.outcome.audio_bad;
  for (const double value : result.outcome.values) line << ' ' << value;
  return line.str();
}

bool ParseRaw(const std::string& line, RawResult& result) {
  std::istringstream in(line);
  int algorithm = 0;
  in >> result.scenario >> algorithm >> result.seed >> result.outcome.hash >>
      result.outcome.audio_bad;
  if (!in || algorithm < 0 || algorithm >= static_cast<int>(media::kAlgorithmNames.size()))
    return false;
  result.algorithm = static_cast<Algorithm>(algorithm);
  result.outcome.values.clear();
  for (double value = 0; in >> value;) result.outcome.values.push_back(value);
  return !result.outcome.values.empty();
}

void PrintAblation(const std::vector<RawResult>& results) {
  std::map<Algorithm, std::map<int, std::vector<Outcome>>> grouped;
  for (const RawResult& result : results) {
    grouped[result.algorithm][result.scenario].push_back(result.outcome);
  }
  std::printf("%-22s %6s %7s %7s %9s %7s %8s  %s\n", "", "passed", "mean u", "p10 u", "starved %",
              "p90 q", "audio %", "gates that only then fail");
  std::set<std::string> usual;
  for (auto& [algorithm, scenarios] : grouped) {
    const std::set<std::string> failed = FailedGates(scenarios);
    if (algorithm == Algorithm::kHybrid) usual = failed;
    std::printf("%-22s %6d", media::kAlgorithmNames[static_cast<size_t>(algorithm)].data(),
                GateCount(scenarios) - static_cast<int>(failed.size()));
    if (!scenarios[0].empty()) {
      for (const double value : Summarise(scenarios[0])) std::printf(" %7s", Number(value).c_str());
    }
    for (const std::string& gate : failed) {
      if (!usual.contains(gate)) std::printf("  %s", gate.c_str());
    }
    std::printf("\n");
  }
}

Gates PrintReport(const std::vector<RawResult>& results) {
  std::map<int, ByAlgorithm> grouped;
  for (const RawResult& result : results) {
    grouped[result.scenario][result.algorithm].push_back(result.outcome);
  }
  Gates gates;
  std::printf("%-28s %-12s %-16s %-16s %-16s %-9s\n", "median (worst seed)", "", "Conclave", "GCC",
              "SCReAM v2", "gate");
  for (const Scenario& scenario : AllScenarios()) {
    const auto it = grouped.find(scenario.number);
    if (it != grouped.end()) PrintScenario(scenario, it->second, gates);
  }
  for (const Population& population : kPopulations) {
    const auto it = grouped.find(population.scenario);
    if (it != grouped.end()) PrintNetworks(population, it->second, gates);
  }
  return gates;
}

}  // namespace conclave::sim
