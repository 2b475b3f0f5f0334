// What a run found: for people, and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "tests/load/histogram.h"
#include "tests/load/process_usage.h"
#include "tests/load/settings.h"
#include "tests/load/tally.h"

namespace conclave::load {

struct Measured {
  Duration wall;
  // Of the measured time alone, behind the last join.
  Duration cpu;
  uint64_t resident_before_bytes = 0;
  uint64_t resident_bytes = 0;
};

struct RunResult {
  // In the order of their numbers.
  std::vector<Tally> tallies;
  Histogram audio_delay;
  Histogram video_delay;
  // With Settings::canary: of the measured time alone, and of its undisturbed windows; the share of
  // the others, 0..1.
  Histogram measured_audio_delay;
  Histogram calm_audio_delay;
  double stolen_share = 0;
  Instant begin;
  Instant measured_since;
  Duration measured;
  // That receivers got meanwhile.
  uint64_t measured_packets = 0;
  bool synthetic_media = false;
  // Of this program, and of the server where its process is known.
  Measured own;
  std::optional<Measured> server;
  // CPU time of the server while people joined.
  Duration server_join_cpu;
  Duration latest_tick;
};

std::string Summary(const Settings& settings, const RunResult& result);
std::string Json(const Settings& settings, const RunResult& result);
// Whether everybody was there until the end.
bool AllJoined(const RunResult& result);

}  // namespace conclave::load
