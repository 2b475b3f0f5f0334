// Random networks, for judging a controller on what nobody tuned it for.
#pragma once

#include "sim/bwe/scenario.h"

namespace conclave::sim {

// Networks with these numbers may be looked at while tuning; the rest may not.
inline constexpr uint64_t kTuningNetworks = 1000;

// One camera for 60 s on the network that `number` names. Its values: utilisation %, starved
// seconds %, the p95 queue ms.
Outcome RunNetwork(media::Algorithm algorithm, uint64_t number);

// What the network is made of, in one line: delays in ms, loss in percent, pages in kB.
std::string DescribeNetwork(uint64_t number);

// The gates over all networks: mean and p10 of utilisation, mean of starved seconds, p90 of the
// queue, mean of bad audio; in this order from the outcomes.
std::vector<Metric> NetworkMetrics();
std::vector<double> Summarise(const std::vector<Outcome>& outcomes);

}  // namespace conclave::sim
