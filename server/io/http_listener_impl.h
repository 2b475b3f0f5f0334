// Accepts on one address and finds out what a connection speaks. Internal to io/.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "base/result.h"
#include "io/http_core_impl.h"

namespace conclave::io {

enum class AddressFamilies { kOne, kBoth };

class HttpListener : public std::enable_shared_from_this<HttpListener> {
 public:
  // kBoth: an IPv6 socket that takes IPv4 too. Fails naming the address and the remedy.
  static Result<std::shared_ptr<HttpListener>> Start(std::shared_ptr<HttpCore> core,
                                                     const SocketAddress& address,
                                                     AddressFamilies families);
  explicit HttpListener(std::shared_ptr<HttpCore> core);

  uint16_t port() const;
  void Stop();

 private:
  void Accept();
  void OnAccepted(boost::asio::ip::tcp::socket socket);

  std::shared_ptr<HttpCore> core_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
};

}  // namespace conclave::io
