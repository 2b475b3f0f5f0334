#include "wire/rtp.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "base/check.h"

namespace conclave::wire {
namespace {

constexpr uint8_t kVersion = 2;

bool FitsOneByteForm(std::span<const RtpExtension> extensions) {
  return std::ranges::all_of(extensions, [](const RtpExtension& extension) {
    return extension.id <= kOneByteExtensionIdMax && !extension.value.empty() &&
           extension.value.size() <= 16;
  });
}

// Of the elements, with the padding to a multiple of four, without profile and length.
size_t ExtensionBytes(std::span<const RtpExtension> extensions) {
  const size_t per_element = FitsOneByteForm(extensions) ? 1 : 2;
  size_t size = 0;
  for (const RtpExtension& extension : extensions) size += per_element + extension.value.size();
  return (size + 3) / 4 * 4;
}

void WriteExtensions(std::span<const RtpExtension> extensions, ByteWriter& out) {
  const bool one_byte = FitsOneByteForm(extensions);
  const size_t size = ExtensionBytes(extensions);
  out.U16(one_byte ? kOneByteExtensionProfile : kTwoByteExtensionProfile);
  out.U16(static_cast<uint16_t>(size / 4));
  const size_t end = out.size() + size;
  for (const auto& [id, value] : extensions) {
    CHECK(id >= 1 && value.size() <= 255);
    if (one_byte) {
      out.U8(static_cast<uint8_t>(id << 4 | (value.size() - 1)));
    } else {
      out.U8(id);
      out.U8(static_cast<uint8_t>(value.size()));
    }
    out.Bytes(value);
  }
  if (out.ok()) out.Zeros(end - out.size());
}

}  // namespace

uint32_t RtpCsrcs::operator[](size_t index) const {
  return ByteReader(bytes_.subspan(index * 4, 4)).U32();
}

std::optional<RtpPacket> ParseRtpHeader(std::span<const uint8_t> bytes) {
  ByteReader reader(bytes);
  const uint8_t first = reader.U8();
  if (first >> 6 != kVersion) return std::nullopt;
  RtpPacket packet;
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
    const size_t words = reader.U16();
    packet.extensions = reader.Bytes(words * 4);
  }
  packet.header_bytes = reader.position();
  packet.payload = reader.Rest();
  if (!reader.ok()) return std::nullopt;
  return packet;
}

std::optional<RtpPacket> ParseRtp(std::span<const uint8_t> bytes) {
  std::optional<RtpPacket> packet = ParseRtpHeader(bytes);
  if (!packet || (bytes[0] & 0x20) == 0) return packet;
  if (packet->payload.empty()) return std::nullopt;
  const uint8_t count = packet->payload.back();
  if (count == 0 || count > packet->payload.size()) return std::nullopt;
  packet->padding_bytes = count;
  packet->payload = packet->payload.first(packet->payload.size() - count);
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
  const size_t extensions = header.extensions.empty() ? 0 : 4 + ExtensionBytes(header.extensions);
  return kRtpFixedHeaderBytes + 4 * header.csrcs.size() + extensions;
}

void WriteRtpPadding(uint8_t count, ByteWriter& out) {
  if (count == 0) return;
  out.Zeros(count - size_t{1});
  out.U8(count);
}

}  // namespace conclave::wire
