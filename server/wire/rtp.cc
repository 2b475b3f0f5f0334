#include "wire/rtp.h"

#include "base/byte_reader.h"
#include "base/check.h"

namespace conclave::wire {
namespace {

constexpr uint8_t kVersion = 2;

// How a list of extensions is written.
struct ExtensionLayout {
  bool one_byte = true;
  // Of the elements, with the padding to a multiple of four, without profile and length.
  size_t size_bytes = 0;
};

ExtensionLayout LayOut(std::span<const RtpExtension> extensions) {
  ExtensionLayout layout;
  size_t values = 0;
  for (const auto& [id, value] : extensions) {
    layout.one_byte =
        layout.one_byte && id <= kOneByteExtensionIdMax && !value.empty() && value.size() <= 16;
    values += value.size();
  }
  const size_t heads = extensions.size() * (layout.one_byte ? 1 : 2);
  layout.size_bytes = (heads + values + 3) / 4 * 4;
  return layout;
}

void WriteExtensions(std::span<const RtpExtension> extensions, ByteWriter& out) {
  const auto [one_byte, size] = LayOut(extensions);
  out.U16(one_byte ? kOneByteExtensionProfile : kTwoByteExtensionProfile);
  out.U16(static_cast<uint16_t>(size / 4));
  const size_t end = out.size() + size;
  for (const auto& [id, value] : extensions) {
    CHECK(id >= 1 && value.size() <= 255);
    if (one_byte) {
      out.U8(static_cast<uint8_t>(id << 4 | (value.size() - 1)));
    } else {
      out.U16(static_cast<uint16_t>(id << 8 | value.size()));
    }
    out.Bytes(value);
  }
  if (out.ok()) out.Zeros(end - out.size());
}

// The header; the payload is all that follows it.
bool ReadHeader(std::span<const uint8_t> bytes, RtpPacket& packet) {
  ByteReader reader(bytes);
  const uint8_t first = reader.U8();
  packet.has_extensions = (first & 0x10) != 0;
  const uint8_t second = reader.U8();
  packet.marker = (second & 0x80) != 0;
  packet.payload_type = second & 0x7f;
  packet.sequence = reader.U16();
  packet.timestamp = reader.U32();
  packet.ssrc = reader.U32();
  packet.csrcs = RtpCsrcs(reader.Bytes(size_t{4} * (first & 0x0f)));
  if (packet.has_extensions) {
    packet.extension_profile = reader.U16();
    packet.extensions = reader.Bytes(size_t{4} * reader.U16());
  }
  packet.header_bytes = reader.position();
  packet.payload = reader.Rest();
  return reader.ok() && first >> 6 == kVersion;
}

// Takes the padding off the payload where the P bit says that there is some.
bool TakePadding(bool padded, RtpPacket& packet) {
  if (!padded) return true;
  const uint8_t count = packet.payload.empty() ? 0 : packet.payload.back();
  if (count == 0 || count > packet.payload.size()) return false;
  packet.padding_bytes = count;
  packet.payload = packet.payload.first(packet.payload.size() - count);
  return true;
}

}  // namespace

uint32_t RtpCsrcs::operator[](size_t index) const {
  return ByteReader(bytes_.subspan(index * 4, 4)).U32();
}

// Both fill the packet in its place: copying it out would cost more than reading it.
std::optional<RtpPacket> ParseRtpHeader(std::span<const uint8_t> bytes) {
  std::optional<RtpPacket> packet(std::in_place);
  if (!ReadHeader(bytes, *packet)) packet.reset();
  return packet;
}

std::optional<RtpPacket> ParseRtp(std::span<const uint8_t> bytes) {
  std::optional<RtpPacket> packet(std::in_place);
  if (!ReadHeader(bytes, *packet) || !TakePadding((bytes[0] & 0x20) != 0, *packet)) packet.reset();
  return packet;
}

RtpExtensionIterator::RtpExtensionIterator(const RtpPacket& packet)
    : form_(Form::kNone), rest_(packet.extensions) {
  if (packet.extension_profile == kOneByteExtensionProfile) form_ = Form::kOneByte;
  // The low four bits are "appbits", to be ignored.
  if ((packet.extension_profile & 0xfff0) == kTwoByteExtensionProfile) form_ = Form::kTwoByte;
}

std::optional<RtpExtension> RtpExtensionIterator::Next() {
  if (form_ == Form::kNone) return std::nullopt;
  while (!rest_.empty() && rest_[0] == 0) {
    // RFC 8285 section 4.2: in both forms a zero byte is padding of one byte.
    rest_ = rest_.subspan(1);
  }
  ByteReader reader(rest_);
  RtpExtension extension;
  size_t size = 0;
  if (form_ == Form::kOneByte) {
    const uint8_t head = reader.U8();
    extension.id = head >> 4;
    size = (head & 0x0f) + size_t{1};
    // RFC 8285 section 4.2: ids 0 (with a length) and 15 end the processing.
    if (extension.id == 0 || extension.id == 15) reader.Fail();
  } else {
    extension.id = reader.U8();
    size = reader.U8();
  }
  extension.value = reader.Bytes(size);
  rest_ = reader.Rest();
  if (!reader.ok()) {
    rest_ = {};
    return std::nullopt;
  }
  return extension;
}

std::optional<std::span<const uint8_t>> FindExtension(const RtpPacket& packet, uint8_t id) {
  if (id == 0) return std::nullopt;
  RtpExtensionIterator iterator(packet);
  while (const auto extension = iterator.Next()) {
    if (extension->id == id) return extension->value;
  }
  return std::nullopt;
}

void WriteRtpHeader(const RtpHeader& header, ByteWriter& out) {
  CHECK(header.csrcs.size() <= kRtpCsrcsMax && header.payload_type <= 127);
  const bool extended = !header.extensions.empty();
  out.U8(static_cast<uint8_t>(kVersion << 6 | (header.padding ? 0x20 : 0) | (extended ? 0x10 : 0) |
                              static_cast<int>(header.csrcs.size())));
  out.U8(static_cast<uint8_t>((header.marker ? 0x80 : 0) | header.payload_type));
  out.U16(header.sequence);
  out.U32(header.timestamp);
  out.U32(header.ssrc);
  for (const uint32_t csrc : header.csrcs) out.U32(csrc);
  if (extended) WriteExtensions(header.extensions, out);
}

size_t RtpHeaderBytes(const RtpHeader& header) {
  const size_t extensions =
      header.extensions.empty() ? 0 : 4 + LayOut(header.extensions).size_bytes;
  return kRtpFixedHeaderBytes + 4 * header.csrcs.size() + extensions;
}

void WriteRtpPadding(uint8_t count, ByteWriter& out) {
  if (count == 0) return;
  out.Zeros(count - size_t{1});
  out.U8(count);
}

}  // namespace conclave::wire
