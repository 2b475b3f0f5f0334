// One connection, from its first byte to its end or to its upgrade. Internal to io/.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <memory>

#include "io/http_core.h"

namespace conclave::io {

using PlainStream = boost::beast::tcp_stream;
using TlsStream = boost::beast::ssl_stream<boost::beast::tcp_stream>;
using RequestHeader = boost::beast::http::request<boost::beast::http::empty_body>;

// Each in its own file, since each instantiates Beast for its stream (compile budget).
void StartPlainHttp(std::shared_ptr<HttpCore> core, boost::asio::ip::tcp::socket socket,
                    ConnectionSlot slot);
void StartTlsHttp(std::shared_ptr<HttpCore> core, boost::asio::ip::tcp::socket socket,
                  ConnectionSlot slot);

// Takes over a connection whose upgrade was granted; answers it.
void StartWebSocket(std::shared_ptr<HttpCore> core, PlainStream stream, RequestHeader request,
                    ConnectionSlot slot);
void StartWebSocket(std::shared_ptr<HttpCore> core, TlsStream stream, RequestHeader request,
                    ConnectionSlot slot);

}  // namespace conclave::io
