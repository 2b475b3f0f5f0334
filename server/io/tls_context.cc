#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <string_view>

#include "io/tls_context_impl.h"

namespace conclave::io {
namespace {

namespace ssl = boost::asio::ssl;

// For TLS 1.2; all of TLS 1.3's own suites are fine.
constexpr char kTls12Ciphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

// In ALPN's wire format (RFC 7301 section 3.1): a length before the name.
constexpr std::string_view kHttp11 = "\x08http/1.1";

int SelectProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned offered_size, void*) {
  unsigned char* selected = nullptr;
  const int verdict = SSL_select_next_proto(
      &selected, out_size, reinterpret_cast<const unsigned char*>(kHttp11.data()),
      static_cast<unsigned>(kHttp11.size()), offered, offered_size);
  // RFC 7301 section 3.2: a client that speaks none of ours gets an alert.
  if (verdict != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

void Harden(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, kTls12Ciphers);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Idle connections give their buffers back.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, SelectProtocol, nullptr);
}

}  // namespace

Result<std::shared_ptr<ssl::context>> MakeTlsContext(const TlsCertificate& certificate) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  Harden(context->native_handle());
  boost::system::error_code error;
  context->use_certificate_chain(boost::asio::buffer(certificate.chain_pem), error);
  if (error) return Error{"TLS certificate: " + error.message()};
  context->use_private_key(boost::asio::buffer(certificate.key_pem), ssl::context::pem, error);
  if (error) return Error{"TLS key: " + error.message()};
  return context;
}

}  // namespace conclave::io
