#include "wire/av1.h"

namespace conclave::wire {

//  0 1 2 3 4 5 6 7
// +-+-+-+-+-+-+-+-+
// |Z|Y| W |N|-|-|-|
// +-+-+-+-+-+-+-+-+
std::optional<Av1Aggregation> ParseAv1(std::span<const uint8_t> payload) {
  if (payload.size() < 2) return std::nullopt;
  const uint8_t header = payload[0];
  Av1Aggregation aggregation;
  aggregation.continues_previous = (header & 0x80) != 0;
  aggregation.continues_next = (header & 0x40) != 0;
  aggregation.element_count = header >> 4 & 0x03;
  aggregation.new_sequence = (header & 0x08) != 0;
  if (aggregation.new_sequence && aggregation.continues_previous) return std::nullopt;
  return aggregation;
}

}  // namespace conclave::wire
