// The picture id of VP8 (RFC 7741) and VP9 (RFC 9628): one bit says whether 7 or 15 bits follow.
#pragma once

#include <cstdint>
#include <span>

#include "base/byte_reader.h"

namespace conclave::wire {

inline uint16_t ReadPictureId(ByteReader& reader, bool& is_long) {
  const uint8_t first = reader.U8();
  is_long = (first & 0x80) != 0;
  if (!is_long) return first;
  return static_cast<uint16_t>((first & 0x7f) << 8 | reader.U8());
}

// Requires out.size() >= 1, or 2 where long.
inline void WritePictureId(uint16_t picture_id, bool is_long, std::span<uint8_t> out) {
  if (!is_long) {
    out[0] = static_cast<uint8_t>(picture_id & 0x7f);
    return;
  }
  out[0] = static_cast<uint8_t>(0x80 | picture_id >> 8);
  out[1] = static_cast<uint8_t>(picture_id);
}

}  // namespace conclave::wire
