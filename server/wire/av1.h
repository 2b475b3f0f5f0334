// The AV1 aggregation header ("RTP Payload Format For AV1" section 4.4).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace conclave::wire {

struct Av1Aggregation {
  // Z: the first element goes on from the packet before.
  bool continues_previous = false;
  // Y: the last element goes on in the next packet.
  bool continues_next = false;
  // W: how many elements, 0 where each has a length of its own.
  uint8_t element_count = 0;
  // N: the first packet of a coded video sequence, that is of a key frame.
  bool new_sequence = false;
};

// nullopt: no byte behind the header, or N and Z together, which the format forbids.
std::optional<Av1Aggregation> ParseAv1(std::span<const uint8_t> payload);

}  // namespace conclave::wire
