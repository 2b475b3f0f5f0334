// The AV1 aggregation header ("RTP Payload Format For AV1" section 4.4), and the layers that the
// headers behind it name (AV1 specification section 5.3).
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
  // Of the first unit that begins in the packet and has the extension; none where none has.
  std::optional<uint8_t> temporal_layer;
  std::optional<uint8_t> spatial_layer;
};

// nullopt: no byte behind the header, or N and Z together, which the format forbids. Units that
// make no sense have no layers, since payloads may be encrypted.
std::optional<Av1Aggregation> ParseAv1(std::span<const uint8_t> payload);

}  // namespace conclave::wire
