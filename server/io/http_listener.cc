#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/v6_only.hpp>
#include <chrono>

#include "io/http_listener_impl.h"
#include "io/http_session_impl.h"

namespace conclave::io {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// The first byte of a TLS record that carries a handshake (RFC 8446 section 5.1). No HTTP method
// begins with it.
constexpr uint8_t kTlsHandshake = 0x16;

// After accept failed for want of descriptors: long enough not to spin, short enough not to notice.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

tcp::endpoint ToEndpoint(const SocketAddress& address) {
  const auto& bytes = address.ip.bytes();
  if (address.ip.is_v4()) {
    asio::ip::address_v4::bytes_type v4;
    std::copy(bytes.begin() + 12, bytes.end(), v4.begin());
    return {asio::ip::address_v4(v4), address.port};
  }
  asio::ip::address_v6::bytes_type v6;
  std::copy(bytes.begin(), bytes.end(), v6.begin());
  return {asio::ip::address_v6(v6), address.port};
}

IpAddress ToIpAddress(const asio::ip::address& address) {
  if (address.is_v4()) {
    const auto b = address.to_v4().to_bytes();
    return IpAddress::V4(b[0], b[1], b[2], b[3]);
  }
  const auto v6 = address.to_v6().to_bytes();
  std::array<uint8_t, 16> bytes;
  std::copy(v6.begin(), v6.end(), bytes.begin());
  return IpAddress::V6(bytes);
}

// Waits for the first byte without taking it, then starts the session for what it says.
class Detector : public std::enable_shared_from_this<Detector> {
 public:
  Detector(std::shared_ptr<HttpCore> core, tcp::socket socket, ConnectionSlot slot)
      : core_(std::move(core)),
        socket_(std::move(socket)),
        slot_(std::move(slot)),
        timer_(core_->context) {}

  void Run() {
    timer_.expires_after(ToChrono(core_->config.limits.request_header));
    timer_.async_wait([self = shared_from_this()](error_code error) {
      error_code ignored;
      if (!error) self->socket_.close(ignored);
    });
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
      self->timer_.cancel();
      if (!error) self->OnFirstByte();
    });
  }

 private:
  void OnFirstByte() {
    uint8_t first = 0;
    if (recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT) != 1) return;
    asio::ssl::context* tls = first == kTlsHandshake ? core_->tls.get() : nullptr;
    StartHttp(core_, NetStream(std::move(socket_), tls), std::move(slot_));
  }

  std::shared_ptr<HttpCore> core_;
  tcp::socket socket_;
  ConnectionSlot slot_;
  asio::steady_timer timer_;
};

Error ListenError(const SocketAddress& address, const error_code& error) {
  return Error{"cannot listen on TCP " + address.ToString() + ": " + error.message() +
               "; choose another with --port or --listen"};
}

}  // namespace

HttpListener::HttpListener(std::shared_ptr<HttpCore> core)
    : core_(std::move(core)), acceptor_(core_->context), pause_(core_->context) {}

Result<std::shared_ptr<HttpListener>> HttpListener::Start(std::shared_ptr<HttpCore> core,
                                                          const SocketAddress& address,
                                                          AddressFamilies families) {
  auto listener = std::make_shared<HttpListener>(std::move(core));
  tcp::acceptor& acceptor = listener->acceptor_;
  const tcp::endpoint endpoint = ToEndpoint(address);
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (error) return ListenError(address, error);
  // A restart need not wait for the connections of its predecessor to time out.
  acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (endpoint.protocol() == tcp::v6()) {
    acceptor.set_option(asio::ip::v6_only(families == AddressFamilies::kOne), error);
  }
  acceptor.bind(endpoint, error);
  if (error) return ListenError(address, error);
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return ListenError(address, error);
  listener->Accept();
  return listener;
}

uint16_t HttpListener::port() const {
  error_code error;
  return acceptor_.local_endpoint(error).port();
}

void HttpListener::Stop() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void HttpListener::Accept() {
  acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
    if (!self->acceptor_.is_open()) return;
    if (!error) {
      self->OnAccepted(std::move(socket));
      return self->Accept();
    }
    self->pause_.expires_after(kAcceptPause);
    self->pause_.async_wait([self](error_code cancelled) {
      if (!cancelled && self->acceptor_.is_open()) self->Accept();
    });
  });
}

void HttpListener::OnAccepted(tcp::socket socket) {
  error_code error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) return;
  const IpAddress peer = ToIpAddress(remote.address());
  // Over a limit the connection is closed at once: an answer would cost more than it tells.
  const HttpLimits& limits = core_->config.limits;
  if (core_->web_sockets.size() + core_->limiter.total() >= limits.connections_max) return;
  if (!core_->limiter.Acquire(peer)) return;
  socket.set_option(tcp::no_delay(true), error);
  std::make_shared<Detector>(core_, std::move(socket), ConnectionSlot(core_, peer))->Run();
}

}  // namespace conclave::io
