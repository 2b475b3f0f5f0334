// The insides of a Certificate, for the sources that include OpenSSL.
#pragma once

#include "transport/certificate.h"
#include "transport/openssl_ptr.h"

namespace conclave::transport {

struct Certificate::Native {
  OpenSslPtr<EVP_PKEY> key;
  OpenSslPtr<X509> certificate;
};

// SHA-256 of the DER encoding; nothing where OpenSSL cannot encode it.
std::optional<Fingerprint> FingerprintOf(const X509* certificate);

}  // namespace conclave::transport
