#include "tests/load/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "io/system_address.h"

namespace conclave::load {

struct TlsClient::Impl {
  SSL_CTX* context = nullptr;
  ~Impl() { SSL_CTX_free(context); }
};

TlsClient::TlsClient(Trust trust) : impl_(std::make_unique<Impl>()) {
  impl_->context = SSL_CTX_new(TLS_client_method());
  CHECK(impl_->context != nullptr);
  SSL_CTX_set_mode(impl_->context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_default_verify_paths(impl_->context);
  const int mode = trust == Trust::kVerify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
  SSL_CTX_set_verify(impl_->context, mode, nullptr);
}
TlsClient::~TlsClient() = default;

struct Stream::Tls {
  explicit Tls(SSL* connection) : ssl(connection) {}
  ~Tls() { SSL_free(ssl); }
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;
  SSL* ssl;
};

Stream::~Stream() = default;

Result<std::unique_ptr<Stream>> Stream::Connect(const SocketAddress& address, TlsClient* tls,
                                                const std::string& host) {
  const io::SystemAddress system = io::ToSystem(address);
  std::unique_ptr<Stream> stream(new Stream);
  stream->fd_ = io::FileDescriptor(
      socket(system.get()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!stream->fd_.valid()) return Error{std::string("no socket: ") + std::strerror(errno)};
  const int on = 1;
  (void)setsockopt(stream->fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (connect(stream->fd(), system.get(), system.size) != 0 && errno != EINPROGRESS) {
    return Error{std::string("cannot connect: ") + std::strerror(errno)};
  }
  if (tls != nullptr) {
    stream->tls_ = std::make_unique<Tls>(SSL_new(tls->impl().context));
    SSL* ssl = stream->tls_->ssl;
    SSL_set_fd(ssl, stream->fd());
    SSL_set_tlsext_host_name(ssl, host.c_str());
    SSL_set1_host(ssl, host.c_str());
    SSL_set_connect_state(ssl);
    stream->handshaking_ = true;
  }
  return stream;
}

bool Stream::Fail(std::string why) {
  failure_ = std::move(why);
  return false;
}

void Stream::Write(std::string_view bytes) {
  out_.append(bytes);
  // A failure shows again in OnReady, which tells of it.
  if (!handshaking_) (void)Flush();
}

bool Stream::Handshake() {
  ERR_clear_error();
  const int done = SSL_do_handshake(tls_->ssl);
  if (done == 1) {
    handshaking_ = false;
    return true;
  }
  const int error = SSL_get_error(tls_->ssl, done);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return true;
  // Not connected yet.
  if (error == SSL_ERROR_SYSCALL && (errno == ENOTCONN || errno == EAGAIN)) return true;
  if (SSL_get_verify_result(tls_->ssl) != X509_V_OK) {
    return Fail("the server's certificate is not trusted (--insecure takes any)");
  }
  return Fail("the TLS handshake failed");
}

bool Stream::Flush() {
  while (!out_.empty()) {
    ssize_t sent = 0;
    if (tls_) {
      ERR_clear_error();
      sent = SSL_write(tls_->ssl, out_.data(), static_cast<int>(out_.size()));
      if (sent <= 0) {
        const int error = SSL_get_error(tls_->ssl, static_cast<int>(sent));
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return true;
        return Fail("the connection was lost");
      }
    } else {
      sent = send(fd(), out_.data(), out_.size(), MSG_NOSIGNAL);
      if (sent < 0) {
        if (errno == EAGAIN || errno == ENOTCONN || errno == EINTR) return true;
        return Fail(std::string("the connection was lost: ") + std::strerror(errno));
      }
    }
    out_.erase(0, static_cast<size_t>(sent));
  }
  return true;
}

bool Stream::Read(std::string& in) {
  std::array<char, 16384> buffer;
  while (true) {
    ssize_t got = 0;
    if (tls_) {
      ERR_clear_error();
      got = SSL_read(tls_->ssl, buffer.data(), buffer.size());
      if (got <= 0) {
        const int error = SSL_get_error(tls_->ssl, static_cast<int>(got));
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return true;
        return Fail("the server closed the connection");
      }
    } else {
      got = recv(fd(), buffer.data(), buffer.size(), 0);
      if (got < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN)) return true;
      if (got < 0) return Fail(std::string("the connection was lost: ") + std::strerror(errno));
      if (got == 0) return Fail("the server closed the connection");
    }
    in.append(buffer.data(), static_cast<size_t>(got));
  }
}

bool Stream::OnReady(std::string& in) {
  if (!failure_.empty()) return false;
  if (handshaking_ && !Handshake()) return false;
  if (handshaking_) return true;
  return Flush() && Read(in);
}

}  // namespace conclave::load
