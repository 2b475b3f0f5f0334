// The values that the transport and those who drive it share.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace conclave::transport {

// SHA-256 of a DER certificate (RFC 8122).
using Fingerprint = std::array<uint8_t, 32>;

// RFC 5763 section 5: which end sends the ClientHello.
enum class DtlsRole : uint8_t { kServer, kClient };

// RFC 8445 section 5.3.
struct IceCredentials {
  std::string ufrag;
  std::string password;
};

// RFC 5764 section 4.1.2 and RFC 7714 section 14.2, in the order of our preference.
enum class SrtpProfile : uint8_t { kAeadAes128Gcm, kAeadAes256Gcm, kAes128CmSha1_80 };

// What the owner of a transport has to know. Everything from kConsentLost on is final: the
// transport sends and accepts nothing more.
enum class TransportEvent : uint8_t {
  // The selected path is new or another one than before.
  kPathSelected,
  // DTLS finished, the fingerprint matched, SRTP has its keys.
  kConnected,
  // No authenticated check for the consent timeout (RFC 7675 section 5.1).
  kConsentLost,
  kDtlsFailed,
  kFingerprintMismatch,
  // The peer sent close_notify.
  kDtlsClosed,
  // The peer has sent from more SSRCs than one key may have (replay_table.h).
  kKeysUsedUp,
};

}  // namespace conclave::transport
