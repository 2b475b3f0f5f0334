// RTP congestion control feedback (RFC 8888 section 3.1): for each packet of each SSRC whether it
// arrived, when, and whether the network marked it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/byte_writer.h"
#include "base/time.h"

namespace conclave::wire {

// RFC 3168 section 5.
enum class Ecn : uint8_t { kNotEct = 0, kEct1 = 1, kEct0 = 2, kCe = 3 };

struct CcfbStatus {
  uint32_t ssrc = 0;
  uint16_t sequence = 0;
  bool received = false;
  Ecn ecn = Ecn::kNotEct;
  // How long before the report it arrived, in steps of 1/1024 s; nullopt where that is not told:
  // it came too long ago, or after the report's time.
  std::optional<Duration> before_report;
  bool operator==(const CcfbStatus&) const = default;
};

// Section 3.1: an SSRC's report holds at most so many.
inline constexpr size_t kCcfbReportsMax = 16384;
// Bounds what one feedback makes a parser append.
inline constexpr size_t kCcfbStatusesMax = 32768;

// Parses RtcpCcfb::body and appends a status for each packet that is reported, by SSRC. Returns the
// report's time: the middle 32 bits of the receiver's NTP clock, which wrap after 18 hours. On
// nullopt `statuses` is as it was.
std::optional<uint32_t> ParseCcfb(std::span<const uint8_t> body, std::vector<CcfbStatus>& statuses);

// The NTP clock's middle bits as a duration since they last wrapped.
Duration CcfbTime(uint32_t report_time);

// Appends one feedback block. Runs of one SSRC with ascending sequence numbers (modulo 2^16) become
// one report each. Offsets are rounded to 1/1024 s. Overflow is told by out.ok().
void WriteCcfb(uint32_t sender_ssrc, uint32_t report_time, std::span<const CcfbStatus> statuses,
               ByteWriter& out);

}  // namespace conclave::wire
