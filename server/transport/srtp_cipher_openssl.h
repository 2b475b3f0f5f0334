// SRTP ciphers on OpenSSL's EVP: what every platform has. GCM allocates nothing after construction;
// OpenSSL's HMAC, which AES-CM needs, allocates twice for each packet.
#pragma once

#include <memory>
#include <span>

#include "transport/srtp_cipher.h"

namespace conclave::transport {

std::unique_ptr<SrtpCipher> MakeOpenSslCipher(SrtpProfile profile, std::span<const uint8_t> key,
                                              std::span<const uint8_t> auth_key);

}  // namespace conclave::transport
