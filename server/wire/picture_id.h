// The picture id of VP8 (RFC 7741) and VP9 (RFC 9628): one bit says whether 7 or 15 bits follow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_reader.h"
#include "base/check.h"

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

// The two numbers of a VP8 or VP9 payload that a receiver expects to rise without a jump, and where
// they lie.
struct PictureFields {
  std::optional<uint16_t> picture_id;
  // 15 bits, else 7.
  bool is_long = false;
  std::optional<uint8_t> tl0_picture_index;
  uint16_t picture_id_offset = 0;
  uint16_t tl0_offset = 0;

  bool any() const { return picture_id || tl0_picture_index; }
};

// Overwrites the fields that there are, in place, with the low bits that fit; others are left out.
// `payload` has the bytes that `fields` was read from (or a copy).
inline void RewritePicture(const PictureFields& fields, uint16_t picture_id,
                           uint8_t tl0_picture_index, std::span<uint8_t> payload) {
  const size_t id_bytes = fields.is_long ? 2 : 1;
  if (fields.picture_id) {
    CHECK(fields.picture_id_offset + id_bytes <= payload.size());
    WritePictureId(picture_id, fields.is_long, payload.subspan(fields.picture_id_offset));
  }
  if (fields.tl0_picture_index) {
    CHECK(fields.tl0_offset < payload.size());
    payload[fields.tl0_offset] = tl0_picture_index;
  }
}

}  // namespace conclave::wire
