// The numbers of STUN attributes (RFC 8489 section 18.3, RFC 8445 section 20.1), shared by the
// parser and the builder.
#pragma once

#include <cstdint>

namespace conclave::wire {

enum class StunAttribute : uint16_t {
  kMappedAddress = 0x0001,
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kUnknownAttributes = 0x000A,
  kXorMappedAddress = 0x0020,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kFingerprint = 0x8028,
  kIceControlled = 0x8029,
  kIceControlling = 0x802A,
};

// RFC 8489 section 14.7.
inline constexpr uint32_t kStunFingerprintXor = 0x5354554E;
inline constexpr size_t kStunAttributeHeaderBytes = 4;
inline constexpr uint8_t kStunFamilyV4 = 1;
inline constexpr uint8_t kStunFamilyV6 = 2;
// What XOR-MAPPED-ADDRESS is XORed with: the cookie, then the transaction id.
inline constexpr uint16_t kStunPortXor = 0x2112;

}  // namespace conclave::wire
