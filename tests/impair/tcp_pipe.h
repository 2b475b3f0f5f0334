// TCP connections from 127.0.0.1 here to the same port of 127.0.0.1 in the server's namespace,
// unspoiled: pages and signaling.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>

namespace conclave::impair {

class TcpPipe {
 public:
  TcpPipe(boost::asio::io_context& io, std::string server_namespace, uint16_t port);

 private:
  void Accept();

  boost::asio::io_context& io_;
  std::string server_namespace_;
  boost::asio::ip::tcp::endpoint server_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace conclave::impair
