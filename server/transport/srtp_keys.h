// SRTP master keys, and the session keys that are derived from them.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "transport/srtp_cipher.h"
#include "transport/types.h"

namespace conclave::transport {

// One direction's master key and salt, of the sizes that SizesOf(profile) gives. Wiped when
// destroyed.
struct SrtpMasterKey {
  SrtpMasterKey() = default;
  SrtpMasterKey(const SrtpMasterKey&) = default;
  SrtpMasterKey& operator=(const SrtpMasterKey&) = default;
  ~SrtpMasterKey();

  SrtpProfile profile = SrtpProfile::kAeadAes128Gcm;
  std::array<uint8_t, 32> key{};
  std::array<uint8_t, 14> salt{};
};

// What an association gives each end: its own direction and the peer's.
struct SrtpKeys {
  SrtpMasterKey local;
  SrtpMasterKey remote;
};

struct SrtpSessionKey {
  SrtpSessionKey() = default;
  SrtpSessionKey(const SrtpSessionKey&) = default;
  SrtpSessionKey& operator=(const SrtpSessionKey&) = default;
  ~SrtpSessionKey();

  std::array<uint8_t, 32> key{};
  std::array<uint8_t, 20> auth_key{};
  std::array<uint8_t, 14> salt{};
};

enum class SrtpStream : uint8_t { kRtp, kRtcp };

// RFC 3711 section 4.3 with a key derivation rate of zero; RFC 7714 section 11 for AEAD.
SrtpSessionKey DeriveSessionKey(const SrtpMasterKey& master, SrtpStream stream);

}  // namespace conclave::transport
