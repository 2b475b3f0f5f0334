// Random networks, for judging a controller on what nobody tuned it for.
#pragma once

#include <array>
#include <string_view>

#include "sim/bwe/scenario.h"

namespace conclave::sim {

// Networks with these numbers may be looked at while tuning; the rest may not.
inline constexpr uint64_t kTuningNetworks = 1000;

// A way to draw networks. Two that differ in `shared` alone give equal networks to most numbers.
struct Population {
  // Stands for it where scenarios have their numbers.
  int scenario;
  std::string_view name;
  // Part of the networks in which a neighbour downloads.
  double shared;
  bool gated;
};

// The reference's gates are of the first, on which its columns for GCC and SCReAM come out
// (docs/bandwidth-estimation.md); the second has no gates of its own.
inline constexpr std::array<Population, 2> kPopulations{{
    {0, "random networks", .1, true},
    {-1, "with more downloads", .2, false},
}};

// One camera for 60 s on the network that `number` names. Its values: utilisation %, starved
// seconds %, the p95 queue ms.
Outcome RunNetwork(media::Algorithm algorithm, uint64_t number,
                   const Population& population = kPopulations[0]);

// What the network is made of, in one line: delays in ms, loss in percent, pages in kB.
std::string DescribeNetwork(uint64_t number, const Population& population = kPopulations[0]);

// What is judged over all networks, with its gate: mean and p10 of utilisation, mean of starved
// seconds, p90 of the queue, mean of bad audio; in this order from the outcomes.
std::vector<Metric> NetworkMetrics();
std::vector<double> Summarise(const std::vector<Outcome>& outcomes);

}  // namespace conclave::sim
