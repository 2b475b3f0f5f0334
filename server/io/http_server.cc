#include "io/http_server.h"

#include "io/event_loop_impl.h"
#include "io/http_core_impl.h"
#include "io/http_listener_impl.h"
#include "io/tls_context_impl.h"

namespace conclave::io {

class HttpServer::Impl {
 public:
  explicit Impl(std::shared_ptr<HttpCore> core) : core_(std::move(core)) {}
  ~Impl() {
    Stop();
    core_->handler = nullptr;
    // The table's sessions own the core, which owns the table.
    core_->web_sockets.clear();
  }

  Result<void> Listen() {
    const auto& addresses = core_->config.listen;
    if (addresses.empty()) return ListenOnAll();
    for (const IpAddress& address : addresses) {
      if (auto added = Add(address, AddressFamilies::kOne); !added) return added;
    }
    return {};
  }

  uint16_t port() const { return listeners_.front()->port(); }
  HttpCore& core() { return *core_; }

  void Stop() {
    core_->stopping = true;
    for (const auto& listener : listeners_) listener->Stop();
    // A copy: what closes at once takes itself out of the table.
    const auto open = core_->web_sockets;
    for (const auto& [id, session] : open) session->Close(kCloseGoingAway);
  }

 private:
  // One socket for both families where the kernel has IPv6, otherwise IPv4 alone.
  Result<void> ListenOnAll() {
    if (Add(IpAddress::V6({}), AddressFamilies::kBoth)) return {};
    return Add(IpAddress::V4(0, 0, 0, 0), AddressFamilies::kOne);
  }

  Result<void> Add(const IpAddress& address, AddressFamilies families) {
    // With port 0 all addresses share the port that the first was given.
    const uint16_t wanted = listeners_.empty() ? core_->config.port : port();
    auto listener = HttpListener::Start(core_, {address, wanted}, families);
    if (!listener) return listener.error();
    listeners_.push_back(*std::move(listener));
    return {};
  }

  std::shared_ptr<HttpCore> core_;
  std::vector<std::shared_ptr<HttpListener>> listeners_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::Start(EventLoop& loop, HttpServerConfig config,
                                                      StaticSite site, HealthReport health,
                                                      WebSocketHandler& handler) {
  auto tls = MakeTlsContext(config.certificate);
  if (!tls) return tls.error();
  auto core = std::make_shared<HttpCore>(loop.impl().context, std::move(config), std::move(site));
  core->tls = *std::move(tls);
  core->health = std::move(health);
  core->handler = &handler;
  auto impl = std::make_unique<Impl>(std::move(core));
  if (auto listening = impl->Listen(); !listening) return listening.error();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

uint16_t HttpServer::port() const { return impl_->port(); }

void HttpServer::Send(ConnectionId connection, std::string bytes) {
  const auto it = impl_->core().web_sockets.find(connection);
  if (it != impl_->core().web_sockets.end()) it->second->Send(std::move(bytes));
}

void HttpServer::Close(ConnectionId connection, uint16_t code) {
  const auto it = impl_->core().web_sockets.find(connection);
  if (it != impl_->core().web_sockets.end()) it->second->Close(code);
}

Result<void> HttpServer::ReplaceCertificate(const TlsCertificate& certificate) {
  auto tls = MakeTlsContext(certificate);
  if (!tls) return tls.error();
  impl_->core().tls = *std::move(tls);
  return {};
}

void HttpServer::Stop() { impl_->Stop(); }

size_t HttpServer::open_web_sockets() const { return impl_->core().web_sockets.size(); }

}  // namespace conclave::io
