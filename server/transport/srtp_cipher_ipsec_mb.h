// SRTP ciphers on Intel's ipsec-mb (x86-64 only), which picks AVX-512, AVX2 or SSE code at run
// time.
#pragma once

#include <memory>
#include <span>

#include "transport/srtp_cipher.h"

namespace conclave::transport {

class IpsecMb {
 public:
  // Null where this build or this CPU does not have it.
  static std::unique_ptr<IpsecMb> Make();
  virtual ~IpsecMb() = default;
  // The ciphers must not outlive this object.
  virtual std::unique_ptr<SrtpCipher> MakeCipher(SrtpProfile profile, std::span<const uint8_t> key,
                                                 std::span<const uint8_t> auth_key) = 0;
};

}  // namespace conclave::transport
