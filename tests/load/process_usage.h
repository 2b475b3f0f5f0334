// CPU time and memory of a process of this machine, by /proc.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace conclave::load {

struct ProcessUsage {
  // User and system, all threads.
  Duration cpu;
  uint64_t resident_bytes = 0;
};

// 0: this process. Nothing where there is no such process.
std::optional<ProcessUsage> ReadUsage(int pid);

}  // namespace conclave::load
