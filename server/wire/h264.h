// H.264 payloads (RFC 6184): whether a packet begins a key frame, and whether it may be left out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace conclave::wire {

struct H264Info {
  // An IDR slice or an SPS begins here: as a single NAL unit, in a STAP-A, or in the first
  // fragment of an FU-A.
  bool key_frame = false;
  // The packet begins a NAL unit: not a later fragment of an FU-A.
  bool nal_start = false;
  // Slices whose nal_ref_idc is 0, and no others: no frame refers to this one.
  bool discardable = false;
};

// nullopt: empty, truncated, or a type that packetization modes 0 and 1 do not have.
std::optional<H264Info> ParseH264(std::span<const uint8_t> payload);

}  // namespace conclave::wire
