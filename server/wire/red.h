// Redundant audio (RFC 2198, "RED"): a packet that carries earlier frames before its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/byte_writer.h"

namespace conclave::wire {

// What the fields of 10 and 14 bits hold.
inline constexpr size_t kRedBlockBytesMax = 1023;
inline constexpr uint16_t kRedOffsetMax = 16383;
// More than anybody sends.
inline constexpr size_t kRedBlocksMax = 16;

struct RedBlock {
  uint8_t payload_type = 0;
  // So much earlier than the packet's own timestamp, in its clock. The packet's own frame: zero.
  uint16_t timestamp_offset = 0;
  std::span<const uint8_t> data;
};

// A payload of these blocks, the oldest first, the packet's own frame last. Requires at least one,
// and that all but the last keep the limits above.
void WriteRed(std::span<const RedBlock> blocks, ByteWriter& out);

// Appends the blocks of a payload, which they point into, in its order; false for what is none, or
// has more blocks than kRedBlocksMax.
bool ParseRed(std::span<const uint8_t> payload, std::vector<RedBlock>& out);

}  // namespace conclave::wire
