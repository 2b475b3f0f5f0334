// Retransmission payloads (RFC 4588): a second stream whose packets carry the original sequence
// number (OSN) before the original payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_writer.h"
#include "wire/rtp.h"

namespace conclave::media {

inline constexpr size_t kRtxOsnBytes = 2;

// The numbers of one slot's RTX stream: they have nothing to do with those of the media stream.
class RtxCounter {
 public:
  // RFC 3711 section 3.3.1: a start below 2^15 leaves no doubt about the rollover counter.
  explicit RtxCounter(uint16_t start) : next_(start & 0x7fff) {}
  // The next index; its low 16 bits are the sequence number.
  int64_t Next() { return next_++; }

 private:
  int64_t next_;
};

// Writes an RTX packet: `header` has the SSRC, payload type and sequence number of the RTX stream
// and the rest of the original packet. Returns where the copy of `payload` lies, for the rewriting
// of VP8's descriptor. Overflow is told by out.ok(), and the returned span is then empty.
std::span<uint8_t> WriteRtx(const wire::RtpHeader& header, uint16_t original_sequence,
                            std::span<const uint8_t> payload, ByteWriter& out);

// Turns a plaintext RTX packet, in place, into the packet that it repeats: the payload type and
// SSRC given, OSN as the sequence number, no padding. Header extensions stay. Returns its size;
// nullopt (nothing changed): malformed, or padding only, as senders do to probe.
std::optional<size_t> DecapsulateRtx(std::span<uint8_t> packet, uint8_t payload_type,
                                     uint32_t ssrc);

}  // namespace conclave::media
