#include "tests/impair/tcp_pipe.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <utility>

#include "tests/impair/namespace_socket.h"

namespace conclave::impair {
namespace {

using Tcp = boost::asio::ip::tcp;

Tcp::endpoint OnLoopback(uint16_t port) { return {boost::asio::ip::address_v4::loopback(), port}; }

struct Connection {
  Tcp::socket client;
  Tcp::socket server;
};

// One direction; both hold the connection until they end.
struct Flow : std::enable_shared_from_this<Flow> {
  std::shared_ptr<Connection> connection;
  Tcp::socket& from;
  Tcp::socket& to;
  std::array<char, 16384> buffer{};

  Flow(std::shared_ptr<Connection> held, Tcp::socket& source, Tcp::socket& target)
      : connection(std::move(held)), from(source), to(target) {}

  void Read() {
    from.async_read_some(boost::asio::buffer(buffer),
                         [self = shared_from_this()](boost::system::error_code error, size_t size) {
                           if (error) {
                             boost::system::error_code ignored;
                             self->to.shutdown(Tcp::socket::shutdown_send, ignored);
                             return;
                           }
                           self->Write(size);
                         });
  }
  void Write(size_t size) {
    boost::asio::async_write(to, boost::asio::buffer(buffer, size),
                             [self = shared_from_this()](boost::system::error_code error, size_t) {
                               if (!error) self->Read();
                             });
  }
};

}  // namespace

TcpPipe::TcpPipe(boost::asio::io_context& io, std::string server_namespace, uint16_t port)
    : io_(io),
      server_namespace_(std::move(server_namespace)),
      server_(OnLoopback(port)),
      acceptor_(io, OnLoopback(port)) {
  Accept();
}

void TcpPipe::Accept() {
  acceptor_.async_accept([this](boost::system::error_code error, Tcp::socket client) {
    if (error == boost::asio::error::operation_aborted) return;
    if (!error) {
      Tcp::socket server(io_);
      InNamespace(server_namespace_, [&] { server.open(Tcp::v4()); });
      auto connection = std::make_shared<Connection>(std::move(client), std::move(server));
      connection->server.async_connect(server_, [connection](boost::system::error_code refused) {
        if (refused) return;
        std::make_shared<Flow>(connection, connection->client, connection->server)->Read();
        std::make_shared<Flow>(connection, connection->server, connection->client)->Read();
      });
    }
    Accept();
  });
}

}  // namespace conclave::impair
