#include "tests/impair/udp_relay.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <chrono>
#include <span>
#include <utility>

#include "tests/impair/namespace_socket.h"

namespace conclave::impair {
namespace {

// More than the browsers of any test open.
constexpr size_t kClientsMax = 256;

constexpr IpAddress kLoopback = IpAddress::V4(127, 0, 0, 1);

Instant Now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return Instant::FromMicros(std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

boost::asio::ip::udp::endpoint OnLoopback(uint16_t port) {
  return {boost::asio::ip::address_v4::loopback(), port};
}

// Everything here is on 127.0.0.1; the server's own address has its port and this one.
SocketAddress AddressOf(const boost::asio::ip::udp::endpoint& endpoint) {
  return {kLoopback, endpoint.port()};
}

}  // namespace

UdpRelay::UdpRelay(boost::asio::io_context& io, const Settings& settings,
                   std::string server_namespace, uint16_t server_port, uint64_t seed)
    : io_(io),
      settings_(settings),
      server_namespace_(std::move(server_namespace)),
      server_(OnLoopback(server_port)),
      front_(io, OnLoopback(0)),
      network_(seed),
      timer_(io) {
  ReceiveFromClients();
}

void UdpRelay::ReceiveFromClients() {
  front_.async_receive_from(boost::asio::buffer(buffer_), client_,
                            [this](boost::system::error_code error, size_t size) {
                              // A client's port that closed reports here; the next datagram may be
                              // somebody else's.
                              if (error == boost::asio::error::operation_aborted) return;
                              if (!error && UpstreamOf(client_) != nullptr) {
                                network_.Send(Now(), AddressOf(client_), {},
                                              std::span(buffer_).first(size), settings_.up);
                                ArmTimer();
                              }
                              ReceiveFromClients();
                            });
}

UdpRelay::Upstream* UdpRelay::UpstreamOf(const Udp::endpoint& client) {
  const auto known = upstreams_.find(client);
  if (known != upstreams_.end()) return known->second.get();
  if (upstreams_.size() == kClientsMax) return nullptr;
  std::unique_ptr<Upstream> upstream;
  InNamespace(server_namespace_, [&] {
    upstream.reset(new Upstream{Udp::socket(io_, OnLoopback(0)), client, {}, {}});
  });
  Upstream* made = upstream.get();
  upstreams_.emplace(client, std::move(upstream));
  ReceiveFromServer(*made);
  return made;
}

void UdpRelay::ReceiveFromServer(Upstream& upstream) {
  upstream.socket.async_receive_from(
      boost::asio::buffer(upstream.buffer), upstream.from,
      [this, &upstream](boost::system::error_code error, size_t size) {
        if (error == boost::asio::error::operation_aborted) return;
        if (!error && upstream.from == server_) {
          network_.Send(Now(), {}, AddressOf(upstream.client),
                        std::span(upstream.buffer).first(size), settings_.down);
          ArmTimer();
        }
        ReceiveFromServer(upstream);
      });
}

void UdpRelay::Deliver() {
  while (const auto delivery = network_.Receive(Now())) {
    const auto bytes = boost::asio::buffer(delivery->bytes);
    boost::system::error_code ignored;
    if (delivery->to == SocketAddress()) {
      Upstream* upstream = UpstreamOf(OnLoopback(delivery->from.port));
      upstream->socket.send_to(bytes, server_, 0, ignored);
    } else {
      front_.send_to(bytes, OnLoopback(delivery->to.port), 0, ignored);
    }
  }
  ArmTimer();
}

void UdpRelay::ArmTimer() {
  const Instant next = network_.NextArrival();
  if (next == Instant::Never()) return;
  timer_.expires_at(std::chrono::steady_clock::time_point(std::chrono::microseconds(next.us())));
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) Deliver();
  });
}

}  // namespace conclave::impair
