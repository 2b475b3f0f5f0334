#include "sim/bwe/scenario.h"

#include <algorithm>

namespace conclave::sim {

std::vector<Scenario> AllScenarios() {
  std::vector<Scenario> all;
  for (auto part : {JoinAndStepScenarios(), ImpairmentScenarios(), ApplicationScenarios(),
                    CompetitionScenarios(), FeedbackScenarios(), ExtraScenarios()}) {
    for (Scenario& scenario : part) all.push_back(std::move(scenario));
  }
  std::sort(all.begin(), all.end(),
            [](const Scenario& a, const Scenario& b) { return a.number < b.number; });
  return all;
}

bool Holds(const Metric& metric, double value) {
  switch (metric.bound) {
    case Bound::kAtLeast:
      return value >= metric.limit;
    case Bound::kAtMost:
      return value <= metric.limit;
    case Bound::kReport:
      return true;
  }
  return true;
}

}  // namespace conclave::sim
