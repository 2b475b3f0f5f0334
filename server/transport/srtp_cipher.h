// What an SRTP session needs of a cipher, whichever library computes it. One call per packet.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "transport/types.h"

namespace conclave::transport {

// RFC 7714 section 14.2 and RFC 3711 section 5, in bytes.
struct SrtpProfileSizes {
  size_t key;
  size_t salt;
  size_t auth_key;
  size_t tag;
};
constexpr SrtpProfileSizes SizesOf(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      return {16, 12, 0, 16};
    case SrtpProfile::kAeadAes256Gcm:
      return {32, 12, 0, 16};
    case SrtpProfile::kAes128CmSha1_80:
      return {16, 14, 20, 10};
  }
  return {};
}
constexpr bool IsAead(SrtpProfile profile) { return profile != SrtpProfile::kAes128CmSha1_80; }

inline constexpr size_t kMaxSrtpTagBytes = 16;

// 12 bytes for GCM, 16 for AES-CM.
using SrtpIv = std::array<uint8_t, 16>;

// One packet to encrypt. What is authenticated beside the payload: for AEAD `aad`; for AES-CM the
// bytes of `aad`, the ciphertext, then `trailer` (the rollover counter or the SRTCP index).
struct SrtpSealInput {
  const SrtpIv& iv;
  std::span<const uint8_t> aad;
  std::span<const uint8_t> plaintext;
  // At most 4 bytes; empty for AEAD.
  std::span<const uint8_t> trailer;
};

struct SrtpOpenInput {
  const SrtpIv& iv;
  std::span<const uint8_t> aad;
  std::span<const uint8_t> ciphertext;
  std::span<const uint8_t> trailer;
  // As long as the profile's tag.
  std::span<const uint8_t> tag;
};

class SrtpCipher {
 public:
  virtual ~SrtpCipher() = default;
  // Writes as many bytes as the plaintext has at `ciphertext`, and the profile's tag at `tag`.
  // `ciphertext` is the plaintext's own memory or does not overlap it.
  virtual void Seal(const SrtpSealInput& input, uint8_t* ciphertext, uint8_t* tag) = 0;
  // Returns whether the tag is right, compared in constant time. Where it is not, what lies at
  // `plaintext` is unspecified. `plaintext` is the ciphertext's own memory or does not overlap it.
  virtual bool Open(const SrtpOpenInput& input, uint8_t* plaintext) = 0;
};

}  // namespace conclave::transport
