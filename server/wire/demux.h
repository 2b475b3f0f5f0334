// What a datagram on the media port is, by its first bytes (RFC 7983 section 7, RFC 5761 section
// 4).
#pragma once

#include <cstdint>
#include <span>

namespace conclave::wire {

enum class DatagramKind : uint8_t { kUnknown, kStun, kDtls, kRtp, kRtcp };

// Whether `bytes` carry an RTCP packet type (192..223) where RTP would have marker and payload
// type. Only meaningful where the first byte already says RTP or RTCP.
bool IsRtcp(std::span<const uint8_t> bytes);

// Decides by at most two bytes; the rest is the business of the parser it is handed to.
DatagramKind ClassifyDatagram(std::span<const uint8_t> bytes);

}  // namespace conclave::wire
