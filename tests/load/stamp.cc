#include "tests/load/stamp.h"

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/check.h"

namespace conclave::load {
namespace {

// "CLd1": no codec ends its packets so by chance more than once in four thousand million.
constexpr uint32_t kMagic = 0x434c6431;
constexpr uint8_t kKeyStart = 1;

}  // namespace

void WriteStamp(const Stamp& stamp, std::span<uint8_t> payload) {
  CHECK(payload.size() >= kStampBytes);
  ByteWriter writer(payload.last(kStampBytes));
  writer.U32(kMagic);
  writer.U32(stamp.participant);
  writer.U8(stamp.source);
  writer.U8(stamp.layer);
  writer.U8(stamp.key_start ? kKeyStart : 0);
  writer.U8(0);
  writer.U32(stamp.counter);
  writer.U64(static_cast<uint64_t>(stamp.sent.us()));
}

std::optional<Stamp> ReadStamp(std::span<const uint8_t> payload) {
  if (payload.size() < kStampBytes) return std::nullopt;
  ByteReader reader(payload.last(kStampBytes));
  if (reader.U32() != kMagic) return std::nullopt;
  Stamp stamp;
  stamp.participant = reader.U32();
  stamp.source = reader.U8();
  stamp.layer = reader.U8();
  stamp.key_start = (reader.U8() & kKeyStart) != 0;
  reader.Skip(1);
  stamp.counter = reader.U32();
  stamp.sent = Instant::FromMicros(static_cast<int64_t>(reader.U64()));
  return stamp;
}

}  // namespace conclave::load
