// Capacity traces: what a link carried, step by step, as text. The files that
// measurement campaigns publish are not ours to ship; any trace can be written in this form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/bwe/capacity.h"
#include "sim/bwe/rng.h"

namespace conclave::sim {

// One step a line: milliseconds since the start, a blank, kilobits per second. The first step is at
// 0, times ascend, empty lines and those that begin with '#' are skipped. At most kTraceStepsMax
// steps; nullopt for anything else.
inline constexpr size_t kTraceStepsMax = 100'000;
std::optional<Capacity> ParseTrace(std::string_view text);
std::string WriteTrace(const Capacity& capacity);

// Made up after what mobile networks do: a rate that wanders (log-normal, each 100 ms), cells that
// change each half minute or so, and, in between, fades and hand-overs without any.
struct RadioModel {
  double mean_bps = 0;
  // Of the logarithm: how far it scatters within a cell, and how much of a step stays to the next.
  double spread = 0;
  double memory = 0;
  // Hand-overs per second, and how long each lasts on average.
  double handovers = 0;
  double handover_s = 0;
};
Capacity MakeTrace(const RadioModel& model, double seconds, Rng& rng);

}  // namespace conclave::sim
