#include "wire/av1.h"

#include "base/byte_reader.h"

namespace conclave::wire {
namespace {

// leb128() of the AV1 specification, section 4.10.5, as long as a packet's size needs.
constexpr int kLengthBytesMax = 3;

size_t ReadLength(ByteReader& reader) {
  size_t value = 0;
  for (int i = 0; i < kLengthBytesMax; ++i) {
    const uint8_t byte = reader.U8();
    value |= static_cast<size_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) return value;
  }
  reader.Fail();
  return 0;
}

// obu_header(): |F| type |X|S|R| and with X |TID|SID|RRR|.
void ReadLayers(std::span<const uint8_t> unit, Av1Aggregation& out) {
  if (unit.size() < 2 || (unit[0] & 0x80) != 0 || (unit[0] & 0x04) == 0) return;
  out.temporal_layer = unit[1] >> 5;
  out.spatial_layer = unit[1] >> 3 & 0x03;
}

}  // namespace

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
  ByteReader reader(payload.subspan(1));
  for (int i = 1; reader.remaining() > 0 && !aggregation.temporal_layer; ++i) {
    // With W, the last element has no length.
    const bool last = i == aggregation.element_count;
    const auto unit = last ? reader.Rest() : reader.Bytes(ReadLength(reader));
    if (i > 1 || !aggregation.continues_previous) ReadLayers(unit, aggregation);
  }
  return aggregation;
}

}  // namespace conclave::wire
