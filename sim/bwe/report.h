// From raw results to the table and the gates.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/bwe/scenario.h"

namespace conclave::sim {

// One run, as a line of text.
struct RawResult {
  // 0: a random network, whose number is the seed.
  int scenario = 0;
  media::Algorithm algorithm = media::Algorithm::kHybrid;
  uint64_t seed = 0;
  Outcome outcome;
};

std::string FormatRaw(const RawResult& result);
// False where the line is no result.
bool ParseRaw(const std::string& line, RawResult& result);

struct Gates {
  int passed = 0;
  int failed = 0;
};

// Prints the table of everything in `results` and counts the gates of the hybrid.
Gates PrintReport(const std::vector<RawResult>& results);

// Prints for each algorithm how many of the hybrid's gates it keeps, and what it makes of the
// random networks: with one part of the hybrid left out each, what that part is good for.
void PrintAblation(const std::vector<RawResult>& results);

}  // namespace conclave::sim
