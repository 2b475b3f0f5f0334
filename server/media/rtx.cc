#include "media/rtx.h"

#include <cstring>

namespace conclave::media {

std::span<uint8_t> WriteRtx(const wire::RtpHeader& header, uint16_t original_sequence,
                            std::span<const uint8_t> payload, ByteWriter& out) {
  wire::WriteRtpHeader(header, out);
  out.U16(original_sequence);
  out.Bytes(payload);
  if (!out.ok()) return {};
  return out.written().last(payload.size());
}

std::optional<size_t> DecapsulateRtx(std::span<uint8_t> packet, uint8_t payload_type,
                                     uint32_t ssrc) {
  const std::optional<wire::RtpPacket> rtx = wire::ParseRtp(packet);
  if (!rtx || rtx->payload.size() <= kRtxOsnBytes) return std::nullopt;
  const std::span<uint8_t> payload = packet.subspan(rtx->header_bytes, rtx->payload.size());
  const uint8_t osn[kRtxOsnBytes] = {payload[0], payload[1]};
  std::memmove(payload.data(), payload.data() + kRtxOsnBytes, payload.size() - kRtxOsnBytes);
  // RFC 3550 section 5.1: P is bit 5 of the first byte; M is the top bit of the second.
  packet[0] = static_cast<uint8_t>(packet[0] & ~0x20);
  packet[1] = static_cast<uint8_t>((packet[1] & 0x80) | (payload_type & 0x7f));
  packet[2] = osn[0];
  packet[3] = osn[1];
  for (size_t i = 0; i < 4; ++i) packet[8 + i] = static_cast<uint8_t>(ssrc >> (24 - 8 * i));
  return rtx->header_bytes + payload.size() - kRtxOsnBytes;
}

}  // namespace conclave::media
