// What a participant saw, over all of its sessions.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "tests/load/histogram.h"

namespace conclave::load {

struct Tally {
  uint32_t number = 0;
  uint32_t room = 0;
  // Connected at least once, and not lost since.
  bool joined = false;
  // An attacker: none of what follows counts.
  bool hostile = false;
  // Why not.
  std::string failure;
  uint32_t sessions = 0;
  uint32_t retries = 0;

  // Of the first session, from opening the WebSocket on; negative: never.
  Duration join_time = Duration::Micros(-1);
  Duration first_audio = Duration::Micros(-1);
  Duration first_video = Duration::Micros(-1);
  Instant joined_at = Instant::Never();

  uint64_t expected = 0;
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint64_t lost = 0;
  uint64_t lost_after_repair = 0;
  uint64_t duplicates = 0;
  uint64_t reordered = 0;
  uint64_t rtx_packets = 0;
  uint64_t switches = 0;
  // SlotMeterStats::gaps.
  uint64_t audio_gaps = 0;
  uint64_t overflows = 0;
  uint64_t foreign = 0;
  uint64_t sent_packets = 0;
  uint64_t sent_bytes = 0;
  uint64_t feedbacks = 0;
  uint64_t messages = 0;
  uint64_t message_bytes = 0;
  uint64_t key_frame_requests = 0;

  // Talkspurts that it could have heard, and those that it did.
  uint64_t spurts = 0;
  uint64_t heard = 0;

  bool verifies = false;
  uint64_t verified = 0;
  uint64_t unreadable = 0;
  uint64_t wrong_source = 0;
  uint64_t out_of_order = 0;
  uint64_t swallowed = 0;
};

}  // namespace conclave::load
