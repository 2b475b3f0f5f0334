// Copies of audio packets (docs/loss-repair.md) beside redundant blocks (RFC 2198, "RED") on the
// same lossy network: what a jitter buffer misses, how long a repair takes, what it costs.
#pragma once

#include <cstdint>
#include <string>

#include "base/data_rate.h"
#include "base/time.h"
#include "media/repeat_policy.h"
#include "sim/virtual_network.h"

namespace conclave::sim {

struct RepairScheme {
  // The same packet again, copy n after n times `spacing`.
  int copies = 0;
  // In each packet the frame from n times `spacing` before, for n up to this.
  int blocks = 0;
  // A multiple of a frame's 20 ms.
  Duration spacing;
};

struct RepairScenario {
  uint64_t seed = 1;
  LinkQuality link;
  Duration duration = Duration::Seconds(300);
  // A voice that pauses, with DTX in the pauses; else it never does.
  bool pauses = false;
};

struct RepairResult {
  int64_t frames = 0;
  // Not there when a jitter buffer of that length plays it.
  int64_t missed_80ms = 0;
  int64_t missed_160ms = 0;
  int64_t missed = 0;
  // Lost at first, and there in the end; how long after the first would have come, all together.
  int64_t repaired = 0;
  Duration waited;
  Duration waited_most;
  int64_t wire_bytes = 0;
  Duration duration;

  DataRate rate() const { return DataRate::Of(wire_bytes, duration); }
};

// Deterministic.
RepairResult RunRepair(const RepairScenario& scenario, const RepairScheme& scheme);
// What the server's policy settles on there, as copies.
RepairScheme BuiltScheme(const RepairScenario& scenario);

}  // namespace conclave::sim
