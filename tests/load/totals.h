// The sums and quantiles over receivers that both forms of the report show.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/load/report.h"

namespace conclave::load {

struct Times {
  size_t count = 0;
  double p50_ms = 0;
  double p95_ms = 0;
  double max_ms = 0;
};

struct Totals {
  size_t joined = 0;
  size_t failed = 0;
  uint64_t retries = 0;
  uint64_t sessions = 0;
  std::map<std::string, size_t> failures;
  // From the beginning of the run until the last one was connected.
  double all_joined_s = 0;
  Times join;
  Times first_audio;
  Times first_video;
  Tally sum;
  // Of the receiver that lost most, in percent.
  double worst_loss_percent = 0;
  double loss_percent = 0;
  double loss_after_repair_percent = 0;
  double heard_percent = 100;
};

// Of those who join behind Settings::live, and what it did to those.
struct Storm {
  Times join;
  Times first_audio;
  // Joined, and heard nothing.
  size_t never_heard = 0;
  uint64_t gaps = 0;
};
Storm StormOf(const Settings& settings, const RunResult& result);

// `room`: of that room alone; -1: of all.
Totals Add(const RunResult& result, int room);

}  // namespace conclave::load
