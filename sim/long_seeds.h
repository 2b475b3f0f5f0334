// How many seeds a slow test runs.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string_view>
#include <vector>

namespace conclave::sim {

// Seed 1, and all up to `count` where CONCLAVE_LONG=1 (`./test.sh --long`) asks for them.
inline std::vector<uint64_t> LongSeeds(uint64_t count) {
  const char* wanted = std::getenv("CONCLAVE_LONG");
  const bool wanted_long = wanted != nullptr && std::string_view(wanted) == "1";
  std::vector<uint64_t> seeds(wanted_long ? count : 1);
  std::iota(seeds.begin(), seeds.end(), uint64_t{1});
  return seeds;
}

}  // namespace conclave::sim
