// HTTPS, its redirect, the pages, /health and the WebSocket at /signal, all on one port. Hides
// Beast.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/socket_address.h"
#include "base/time.h"
#include "io/event_loop.h"
#include "io/http_reply.h"
#include "io/page_headers.h"
#include "io/static_site.h"
#include "io/tls_certificate.h"

namespace conclave::io {

// Where a client opens its WebSocket, and the subprotocol that it must offer (RFC 6455
// section 1.9).
inline constexpr std::string_view kSignalPath = "/signal";
inline constexpr std::string_view kSignalProtocol = "conclave.v1";

// Close codes (RFC 6455 section 7.4.1 and its registry).
inline constexpr uint16_t kCloseGoingAway = 1001;
inline constexpr uint16_t kCloseUnsupportedData = 1003;
inline constexpr uint16_t kClosePolicy = 1008;
inline constexpr uint16_t kCloseTryAgainLater = 1013;

struct HttpLimits {
  // A peer that does not get on with it holds a socket for no longer than these.
  Duration tls_handshake = Duration::Seconds(5);
  Duration request_header = Duration::Seconds(5);
  Duration first_message = Duration::Seconds(10);
  // Between two requests of one connection.
  Duration keep_alive = Duration::Seconds(15);
  // A WebSocket without a sign of life for this long is dropped; a ping goes out at half of it.
  Duration idle = Duration::Seconds(30);
  // For the last messages and the close frame to reach a slow peer.
  Duration closing = Duration::Seconds(5);
  size_t header_bytes_max = 8 * 1024;
  size_t message_bytes_max = 256 * 1024;
  // What waits for one WebSocket. A roster of a thousand is about 200 KiB.
  size_t queue_bytes_max = 1 << 20;
  size_t queue_messages_max = 4096;
  size_t connections_max = 20'000;
  // Connections of one address that have not sent a WebSocket message yet.
  size_t unauthenticated_per_address_max = 64;
};

struct HttpServerConfig {
  // Empty: all addresses, IPv6 and IPv4.
  std::vector<IpAddress> listen;
  // 0 takes any free port.
  uint16_t port = 8443;
  TlsCertificate certificate;
  PagePolicy pages;
  // Origins ("https://intranet.example") whose pages may open the WebSocket, beside our own.
  std::vector<std::string> allowed_origins;
  HttpLimits limits;
};

// What happens on WebSockets. Called from the loop, never from within Send or Close.
class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  // `peer`: the client's address; behind a proxy on this machine what that says it is
  // (X-Forwarded-For), else this machine's.
  virtual void OnOpen(ConnectionId connection, const IpAddress& peer) = 0;
  // One binary message, at most message_bytes_max long, valid during the call.
  virtual void OnMessage(ConnectionId connection, std::span<const uint8_t> bytes) = 0;
  // Once for each OnOpen, whoever closed; the id is never used again.
  virtual void OnClose(ConnectionId connection) = 0;
};

class HttpServer {
 public:
  // Listens when it returns. `loop` and `handler` outlive the server. Fails when an address or port
  // cannot be taken, naming it.
  static Result<std::unique_ptr<HttpServer>> Start(EventLoop& loop, HttpServerConfig config,
                                                   StaticSite site, HealthReport health,
                                                   WebSocketHandler& handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const;
  // Queues a binary message. A connection that is gone or closing ignores it; one whose queue is
  // full is closed with kCloseTryAgainLater: its client resumes and is told anew.
  void Send(ConnectionId connection, std::string bytes);
  // Closes after what was queued is sent, or after HttpLimits::closing.
  void Close(ConnectionId connection, uint16_t code);
  // For the handshakes from now on.
  Result<void> ReplaceCertificate(const TlsCertificate& certificate);
  // Accepts nothing more and closes every WebSocket with kCloseGoingAway.
  void Stop();
  size_t open_web_sockets() const;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace conclave::io
