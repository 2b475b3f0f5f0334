#include "wire/h264.h"

#include "base/byte_reader.h"

namespace conclave::wire {
namespace {

// RFC 6184 section 5.4 and ITU-T H.264 table 7-1.
constexpr uint8_t kIdrSlice = 5;
constexpr uint8_t kSps = 7;
constexpr uint8_t kLastSingle = 23;
constexpr uint8_t kStapA = 24;
constexpr uint8_t kFuA = 28;

uint8_t TypeOf(uint8_t nal_header) { return nal_header & 0x1f; }

// A slice, or a partition of one.
bool IsSlice(uint8_t type) { return type >= 1 && type <= kIdrSlice; }

bool IsReference(uint8_t nal_header) { return (nal_header & 0x60) != 0; }

bool BeginsKeyFrame(uint8_t type) { return type == kIdrSlice || type == kSps; }

std::optional<H264Info> ParseStapA(ByteReader reader) {
  H264Info info{.key_frame = false, .nal_start = true};
  if (reader.remaining() == 0) return std::nullopt;
  bool slices = false;
  bool references = false;
  while (reader.remaining() > 0) {
    const std::span<const uint8_t> nal = reader.Bytes(reader.U16());
    if (!reader.ok() || nal.empty()) return std::nullopt;
    info.key_frame = info.key_frame || BeginsKeyFrame(TypeOf(nal[0]));
    slices = slices || IsSlice(TypeOf(nal[0]));
    references = references || (IsSlice(TypeOf(nal[0])) && IsReference(nal[0]));
  }
  if (!reader.ok()) return std::nullopt;
  info.discardable = slices && !references;
  return info;
}

}  // namespace

std::optional<H264Info> ParseH264(std::span<const uint8_t> payload) {
  ByteReader reader(payload);
  const uint8_t header = reader.U8();
  const uint8_t type = TypeOf(header);
  if (!reader.ok()) return std::nullopt;
  if (type == kStapA) return ParseStapA(reader);
  if (type == kFuA) {
    const uint8_t fragment = reader.U8();
    if (!reader.ok() || reader.remaining() == 0) return std::nullopt;
    const bool start = (fragment & 0x80) != 0;
    // RFC 6184 section 5.8: every fragment repeats the nal_ref_idc.
    return H264Info{.key_frame = start && BeginsKeyFrame(TypeOf(fragment)),
                    .nal_start = start,
                    .discardable = IsSlice(TypeOf(fragment)) && !IsReference(header)};
  }
  if (type == 0 || type > kLastSingle) return std::nullopt;
  return H264Info{.key_frame = BeginsKeyFrame(type),
                  .nal_start = true,
                  .discardable = IsSlice(type) && !IsReference(header)};
}

}  // namespace conclave::wire
