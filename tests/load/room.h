// One room of a run: who has which part in it, and what its people said to one another outside of
// the server.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "tests/load/conversation.h"
#include "tests/load/settings.h"

namespace conclave::load {

// What a participant is to do, by its place in the room.
struct Part {
  // In the room, from 0.
  uint32_t place = 0;
  // In the run.
  uint32_t number = 0;
  bool microphone = false;
  bool talker = false;
  bool camera = false;
  bool screen = false;
  bool verify = false;
  // Attacks instead.
  std::optional<Hostility> hostility;
  router::CodecName codec = router::CodecName::kVp8;
};

Part PartOf(const Settings& settings, uint32_t room, uint32_t place);
// Of the attackers, who are in the first room beside its participants.
Part HostilePart(const Settings& settings, uint32_t index);

struct Room {
  Room(const Settings& settings, uint32_t room_number, Instant conversation_begin, Random& random);

  uint32_t number = 0;
  // "open/load-3".
  std::string address;
  Instant begin;
  uint32_t talkers = 0;
  std::vector<Talkspurt> spurts;
  // The track of each place, 0 while there is none. Read and written by all threads.
  std::vector<std::atomic<uint32_t>> cameras;
  std::vector<std::atomic<uint32_t>> screens;
  // Counts what changes in the two above.
  std::atomic<uint32_t> version{0};
  // Since when each talker has been connected, in microseconds; the largest number before.
  std::vector<std::atomic<int64_t>> talking_since_us;
};

}  // namespace conclave::load
