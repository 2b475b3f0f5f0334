// What all connections of one HTTP server share. Internal to io/.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <memory>
#include <unordered_map>
#include <utility>

#include "base/ids.h"
#include "io/connection_limiter.h"
#include "io/http_server.h"

namespace conclave::io {

class WebSocketSession {
 public:
  virtual ~WebSocketSession() = default;
  virtual void Send(std::string bytes) = 0;
  virtual void Close(uint16_t code) = 0;
};

// Connections own it together, so it lives until the last of their operations has ended.
struct HttpCore {
  HttpCore(boost::asio::io_context& io, HttpServerConfig server_config, StaticSite pages)
      : context(io),
        config(std::move(server_config)),
        site(std::move(pages)),
        limiter(config.limits.connections_max, config.limits.unauthenticated_per_address_max) {}

  boost::asio::io_context& context;
  HttpServerConfig config;
  StaticSite site;
  HealthReport health;
  std::shared_ptr<boost::asio::ssl::context> tls;
  ConnectionLimiter limiter;
  std::unordered_map<ConnectionId, std::shared_ptr<WebSocketSession>> web_sockets;
  uint64_t last_connection = 0;
  // Null once the server is gone or going: nobody is told anything any more.
  WebSocketHandler* handler = nullptr;
  bool stopping = false;
};

// One place in the limiter, given back when it is destroyed.
class ConnectionSlot {
 public:
  // The place must have been acquired.
  ConnectionSlot(std::shared_ptr<HttpCore> core, const IpAddress& peer)
      : core_(std::move(core)), peer_(peer) {}
  ConnectionSlot(ConnectionSlot&& other) noexcept = default;
  ConnectionSlot& operator=(ConnectionSlot&&) = delete;
  ~ConnectionSlot() { Release(); }

  void Release() {
    if (const auto core = std::exchange(core_, nullptr)) core->limiter.Release(peer_);
  }
  bool crowded() const { return core_ && core_->limiter.IsCrowded(peer_); }
  const IpAddress& peer() const { return peer_; }

 private:
  std::shared_ptr<HttpCore> core_;
  IpAddress peer_;
};

inline std::chrono::microseconds ToChrono(Duration duration) {
  return std::chrono::microseconds(duration.us());
}

}  // namespace conclave::io
