// The whole server on a virtual clock: control plane, shard, network and a room full of scripted
// people, with checkers that look at everything. A seed is a run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "sim/violations.h"

namespace conclave::sim {

struct SimulationConfig {
  uint64_t seed = 1;
  size_t people = 50;
  Duration duration = Duration::Seconds(60);
  // Of each link, each way.
  double loss = 0.05;
};

struct SimulationReport {
  Violations violations;
  // Over all events of the shard and messages of the control plane, with their times: the same for
  // the same seed.
  uint64_t event_hash = 0;

  // That the run was not an empty one.
  uint64_t joins = 0;
  uint64_t resumes = 0;
  uint64_t ice_restarts = 0;
  uint64_t rtp_packets = 0;
  uint64_t rtx_packets = 0;
  uint64_t video_packets = 0;
  // Of its sequence numbers, those that nobody ever got because the uplink lost them for good.
  uint64_t video_gaps = 0;
  uint64_t frames_decoded = 0;
  uint64_t key_frames_decoded = 0;
  uint64_t lost_datagrams = 0;
  uint64_t log_lines = 0;
  uint64_t chats = 0;
  size_t participants_peak = 0;
};

SimulationReport RunSimulation(const SimulationConfig& config);

// One line for people who compare runs.
std::string Summary(const SimulationReport& report);

}  // namespace conclave::sim
