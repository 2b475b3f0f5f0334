#include "wire/vp9.h"

#include "base/byte_reader.h"
#include "wire/picture_id.h"

namespace conclave::wire {
namespace {

// RFC 9628 section 4.2: a picture refers to at most three others.
constexpr int kReferencesMax = 3;

// TID, U, SID and D; TL0PICIDX too where the mode is not flexible.
void ParseLayers(ByteReader& reader, Vp9Descriptor& descriptor) {
  const uint8_t layers = reader.U8();
  descriptor.temporal_layer = layers >> 5;
  descriptor.switching_up_point = (layers & 0x10) != 0;
  descriptor.spatial_layer = layers >> 1 & 0x07;
  descriptor.inter_layer_predicted = (layers & 0x01) != 0;
  if (descriptor.flexible_mode) return;
  descriptor.tl0_offset = reader.position();
  descriptor.tl0_picture_index = reader.U8();
}

// P_DIFF and N, which says whether another follows.
void SkipReferences(ByteReader& reader) {
  for (int i = 0; i < kReferencesMax; ++i) {
    if ((reader.U8() & 0x01) == 0) return;
  }
  reader.Fail();
}

// The scalability structure: the size of each spatial layer and the pictures of a group.
void ParseStructure(ByteReader& reader, Vp9Descriptor& descriptor) {
  const uint8_t head = reader.U8();
  descriptor.spatial_layers = static_cast<uint8_t>((head >> 5) + 1);
  for (size_t i = 0; (head & 0x10) != 0 && i < descriptor.spatial_layers; ++i) {
    reader.Skip(2);
    descriptor.heights_px[i] = reader.U16();
  }
  if ((head & 0x08) == 0) return;
  const size_t pictures = reader.U8();
  for (size_t i = 0; i < pictures && reader.ok(); ++i) {
    const uint8_t picture = reader.U8();
    reader.Skip(picture >> 2 & 0x03);
  }
}

}  // namespace

//      0 1 2 3 4 5 6 7
//     +-+-+-+-+-+-+-+-+
//     |I|P|L|F|B|E|V|Z|
//     +-+-+-+-+-+-+-+-+
std::optional<Vp9Descriptor> ParseVp9(std::span<const uint8_t> payload) {
  ByteReader reader(payload);
  Vp9Descriptor descriptor;
  const uint8_t first = reader.U8();
  descriptor.inter_picture_predicted = (first & 0x40) != 0;
  descriptor.flexible_mode = (first & 0x10) != 0;
  descriptor.frame_start = (first & 0x08) != 0;
  descriptor.frame_end = (first & 0x04) != 0;
  descriptor.has_scalability_structure = (first & 0x02) != 0;
  descriptor.not_inter_layer_reference = (first & 0x01) != 0;
  if ((first & 0x80) != 0) {
    descriptor.picture_id_offset = reader.position();
    descriptor.picture_id = ReadPictureId(reader, descriptor.has_long_picture_id);
  }
  if ((first & 0x20) != 0) ParseLayers(reader, descriptor);
  if (descriptor.flexible_mode && descriptor.inter_picture_predicted) SkipReferences(reader);
  if (descriptor.has_scalability_structure) ParseStructure(reader, descriptor);
  descriptor.header_bytes = reader.position();
  if (!reader.ok() || reader.remaining() == 0) return std::nullopt;
  return descriptor;
}

void RewriteVp9(const Vp9Descriptor& descriptor, uint16_t picture_id, uint8_t tl0_picture_index,
                std::span<uint8_t> payload) {
  RewritePicture(descriptor.fields(), picture_id, tl0_picture_index, payload);
}

}  // namespace conclave::wire
