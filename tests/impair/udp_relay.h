// Datagrams between clients and one server port, over a link whose quality is simulated: the same
// model, with the same seed, as in sim/. Each client has a socket of its own towards the server,
// which so sees distinct peers.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "sim/virtual_network.h"
#include "tests/impair/settings.h"

namespace conclave::impair {

class UdpRelay {
 public:
  // Listens on a free port of 127.0.0.1. `settings` outlives this and may change at any time.
  UdpRelay(boost::asio::io_context& io, const Settings& settings, std::string server_namespace,
           uint16_t server_port, uint64_t seed);

  uint16_t port() const { return front_.local_endpoint().port(); }

 private:
  using Udp = boost::asio::ip::udp;
  struct Upstream {
    Udp::socket socket;
    Udp::endpoint client;
    Udp::endpoint from;
    std::array<uint8_t, 2048> buffer;
  };

  void ReceiveFromClients();
  void ReceiveFromServer(Upstream& upstream);
  // Of a client, made when it first speaks; nullptr: too many.
  Upstream* UpstreamOf(const Udp::endpoint& client);
  void Deliver();
  void ArmTimer();

  boost::asio::io_context& io_;
  const Settings& settings_;
  std::string server_namespace_;
  Udp::endpoint server_;
  Udp::socket front_;
  Udp::endpoint client_;
  std::array<uint8_t, 2048> buffer_;
  std::map<Udp::endpoint, std::unique_ptr<Upstream>> upstreams_;
  sim::VirtualNetwork network_;
  boost::asio::steady_timer timer_;
};

}  // namespace conclave::impair
