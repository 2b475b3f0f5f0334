// Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01
// section 3.1): which packets of a transport arrived, and when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/byte_writer.h"
#include "base/time.h"

namespace conclave::wire {

// Arrival times are sent in steps of 250 us; the reference time in steps of 64 ms.
inline constexpr Duration kTwccTick = Duration::Micros(250);
inline constexpr Duration kTwccReferenceStep = Duration::Millis(64);

struct TwccStatus {
  uint16_t sequence = 0;
  bool received = false;
  // Since the previous received packet of the feedback (the first: since the reference time), only
  // where received. Negative where packets overtook one another.
  Duration delta;
  bool operator==(const TwccStatus&) const = default;
};

struct TwccFeedback {
  uint16_t base_sequence = 0;
  uint8_t feedback_count = 0;
  // Signed 24 bits of 64 ms: wraps after some twelve days.
  Duration reference_time;
};

// More than half of the sequence numbers could not be told from older ones. It also bounds what a
// feedback of few bytes makes a parser append.
inline constexpr size_t kTwccStatusesMax = 32768;

// Parses RtcpTwcc::body and appends a status for each sequence number from base_sequence on: at
// most kTwccStatusesMax, at least one. On nullopt `statuses` is as it was.
std::optional<TwccFeedback> ParseTwcc(std::span<const uint8_t> body,
                                      std::vector<TwccStatus>& statuses);

// A packet that arrived; `sequence` unwrapped.
struct TwccArrival {
  int64_t sequence = 0;
  Instant arrival;
};

struct TwccTarget {
  uint32_t sender_ssrc = 0;
  // Of a stream that the feedback is about; browsers drop feedback for SSRC 0.
  uint32_t media_ssrc = 0;
  // Counts the feedbacks of this transport, modulo 256.
  uint8_t feedback_count = 0;
  // The first sequence number to report: <= the first arrival's; those between are lost.
  int64_t base_sequence = 0;
};

// Appends one feedback block about the leading arrivals, sorted by sequence number without repeats,
// and returns how many it took: fewer than given where a delta leaves 16 bits (8 s), where the
// range exceeds kTwccStatusesMax, or where `out` has no more room. The caller goes on with the next
// block, whose base_sequence is the last reported one + 1. Returns 0 and writes nothing where not
// even one fits; the base is then to be moved on.
size_t WriteTwcc(const TwccTarget& target, std::span<const TwccArrival> arrivals, ByteWriter& out);

}  // namespace conclave::wire
