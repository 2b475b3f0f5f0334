// The TLS settings of the web port. Internal to io/.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "base/result.h"
#include "io/tls_certificate.h"

namespace conclave::io {

// TLS 1.2 and 1.3, forward secrecy and AEAD only, ALPN http/1.1, no renegotiation, no compression.
Result<std::shared_ptr<boost::asio::ssl::context>> MakeTlsContext(
    const TlsCertificate& certificate);

}  // namespace conclave::io
