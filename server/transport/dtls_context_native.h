// The insides of a DtlsContext, for the sources that include OpenSSL.
#pragma once

#include "transport/dtls_context.h"
#include "transport/openssl_ptr.h"

namespace conclave::transport {

struct DtlsContext::Native {
  OpenSslPtr<BIO_METHOD> bio_method;
  OpenSslPtr<SSL_CTX> ssl;
};

}  // namespace conclave::transport
