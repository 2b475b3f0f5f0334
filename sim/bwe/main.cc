// Raw results; scenario 0 are random networks, whose numbers are the seeds, and -1 those of them
// with more downloads (held_out.h):
//   bwe_sim run SCENARIO FIRST_SEED LAST_SEED [ALGORITHM...]
// Raw results on stdin -> table and gates:
//   bwe_sim report | ablation
// The scenarios' numbers:
//   bwe_sim list
// Seconds, delivered and target Mbps, and queue of one flow, each half second:
//   bwe_sim timeline SCENARIO SEED ALGORITHM [FLOW]
// What random networks are made of, and our results there:
//   bwe_sim networks FIRST LAST [ALGORITHM]
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "sim/bwe/held_out.h"
#include "sim/bwe/report.h"

namespace conclave::sim {
namespace {

using media::Algorithm;

RawResult RunOne(int number, uint64_t seed, Algorithm algorithm) {
  for (const Population& population : kPopulations) {
    if (population.scenario != number) continue;
    return {number, algorithm, seed, RunNetwork(algorithm, seed, population)};
  }
  const std::vector<Scenario> scenarios = AllScenarios();
  return {number, algorithm, seed,
          scenarios.at(static_cast<size_t>(number) - 1).run(algorithm, seed)};
}

int Run(int number, uint64_t first, uint64_t last, const std::vector<Algorithm>& algorithms) {
  for (const Algorithm algorithm : algorithms) {
    for (uint64_t seed = first; seed <= last; ++seed) {
      std::puts(FormatRaw(RunOne(number, seed, algorithm)).c_str());
    }
  }
  return 0;
}

int Timeline(int number, uint64_t seed, Algorithm algorithm, size_t flow) {
  double time = 0;
  const Outcome outcome = RunOne(number, seed, algorithm).outcome;
  for (const TimelinePoint& point : outcome.timelines.at(flow)) {
    std::printf("%.1f %.3f %.3f %.0f\n", time, point.delivered_mbps, point.target_mbps,
                point.queue_ms);
    time += .5;
  }
  return 0;
}

int Networks(uint64_t first, uint64_t last, Algorithm algorithm) {
  for (uint64_t number = first; number <= last; ++number) {
    const Outcome outcome = RunNetwork(algorithm, number);
    std::printf("%d %s u=%.1f starved=%.1f q=%.0f audio=%.2f\n", static_cast<int>(number),
                DescribeNetwork(number).c_str(), outcome.values[0], outcome.values[1],
                outcome.values[2], outcome.audio_bad);
  }
  return 0;
}

std::vector<RawResult> ReadResults() {
  std::vector<RawResult> results;
  for (std::string line; std::getline(std::cin, line);) {
    RawResult result;
    if (ParseRaw(line, result)) results.push_back(std::move(result));
  }
  return results;
}

int Report() {
  const Gates gates = PrintReport(ReadResults());
  std::printf("bwe: gates=%d passed=%d failed=%d\n", gates.passed + gates.failed, gates.passed,
              gates.failed);
  return gates.failed == 0 && gates.passed > 0 ? 0 : 1;
}

int Main(const std::vector<std::string>& arguments) {
  const std::string what = arguments.empty() ? "" : arguments[0];
  if (what == "report") return Report();
  if (what == "ablation") {
    PrintAblation(ReadResults());
    return 0;
  }
  if (what == "list") {
    for (const Scenario& scenario : AllScenarios()) std::printf("%d\n", scenario.number);
    return 0;
  }
  if (what == "timeline" && arguments.size() >= 4) {
    return Timeline(std::stoi(arguments[1]), std::stoull(arguments[2]),
                    static_cast<Algorithm>(std::stoi(arguments[3])),
                    arguments.size() > 4 ? std::stoull(arguments[4]) : 0);
  }
  if (what == "networks" && arguments.size() >= 3) {
    return Networks(std::stoull(arguments[1]), std::stoull(arguments[2]),
                    static_cast<Algorithm>(arguments.size() > 3 ? std::stoi(arguments[3]) : 0));
  }
  if (what != "run" || arguments.size() < 4) {
    std::fputs(
        "usage: bwe_sim run SCENARIO FIRST LAST [ALGORITHM...] | report | ablation | list |\n"
        "       timeline SCENARIO SEED ALGORITHM [FLOW] | networks FIRST LAST [ALGORITHM]\n",
        stderr);
    return 2;
  }
  std::vector<Algorithm> algorithms;
  for (size_t i = 4; i < arguments.size(); ++i) {
    algorithms.push_back(static_cast<Algorithm>(std::stoi(arguments[i])));
  }
  if (algorithms.empty()) algorithms = {Algorithm::kHybrid, Algorithm::kGcc, Algorithm::kScream};
  return Run(std::stoi(arguments[1]), std::stoull(arguments[2]), std::stoull(arguments[3]),
             algorithms);
}

}  // namespace
}  // namespace conclave::sim

int main(int argc, char** argv) { return conclave::sim::Main({argv + 1, argv + argc}); }
