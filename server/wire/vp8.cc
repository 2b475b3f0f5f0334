#include "wire/vp8.h"

#include "base/byte_reader.h"
#include "wire/picture_id.h"

namespace conclave::wire {

//       0 1 2 3 4 5 6 7
//      +-+-+-+-+-+-+-+-+
//      |X|R|N|S|R| PID |
//      +-+-+-+-+-+-+-+-+
// X:   |I|L|T|K| RSV   |
//      +-+-+-+-+-+-+-+-+
// I:   |M| PictureID   | and eight more bits where M is set
//      +-+-+-+-+-+-+-+-+
// L:   |   TL0PICIDX   |
//      +-+-+-+-+-+-+-+-+
// T/K: |TID|Y| KEYIDX  |
//      +-+-+-+-+-+-+-+-+
std::optional<Vp8Descriptor> ParseVp8(std::span<const uint8_t> payload) {
  ByteReader reader(payload);
  Vp8Descriptor descriptor;
  const uint8_t first = reader.U8();
  descriptor.non_reference = (first & 0x20) != 0;
  descriptor.partition_start = (first & 0x10) != 0;
  descriptor.partition = first & 0x07;
  const uint8_t extensions = (first & 0x80) != 0 ? reader.U8() : 0;
  if ((extensions & 0x80) != 0) {
    descriptor.picture_id_offset = reader.position();
    descriptor.picture_id = ReadPictureId(reader, descriptor.has_long_picture_id);
  }
  if ((extensions & 0x40) != 0) {
    descriptor.tl0_offset = reader.position();
    descriptor.tl0_picture_index = reader.U8();
  }
  if ((extensions & 0x30) != 0) {
    const uint8_t layers = reader.U8();
    if ((extensions & 0x20) != 0) {
      descriptor.temporal_layer = layers >> 6;
      descriptor.layer_sync = (layers & 0x20) != 0;
    }
    if ((extensions & 0x10) != 0) descriptor.key_index = layers & 0x1f;
  }
  descriptor.header_bytes = reader.position();
  const uint8_t frame_header = reader.U8();
  if (!reader.ok()) return std::nullopt;
  // RFC 7741 section 4.3: P, the lowest bit, is clear in a key frame.
  descriptor.key_frame = descriptor.frame_start() && (frame_header & 0x01) == 0;
  return descriptor;
}

void RewriteVp8(const Vp8Descriptor& descriptor, uint16_t picture_id, uint8_t tl0_picture_index,
                std::span<uint8_t> payload) {
  RewritePicture(descriptor.fields(), picture_id, tl0_picture_index, payload);
}

}  // namespace conclave::wire
