#include "wire/demux.h"

namespace conclave::wire {

bool IsRtcp(std::span<const uint8_t> bytes) {
  // RFC 5761 section 4: 192..223 in the second byte, which RTP avoids by not using payload types
  // 64..95.
  return bytes.size() >= 2 && bytes[1] >= 192 && bytes[1] <= 223;
}

DatagramKind ClassifyDatagram(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return DatagramKind::kUnknown;
  const uint8_t first = bytes[0];
  if (first <= 3) return DatagramKind::kStun;
  if (first >= 20 && first <= 63) return DatagramKind::kDtls;
  if (first >= 128 && first <= 191) {
    return IsRtcp(bytes) ? DatagramKind::kRtcp : DatagramKind::kRtp;
  }
  return DatagramKind::kUnknown;
}

}  // namespace conclave::wire
