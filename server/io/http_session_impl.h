// One connection, first as HTTP, then perhaps as a WebSocket. Internal to io/.
#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <memory>

#include "io/http_core_impl.h"
#include "io/net_stream_impl.h"

namespace conclave::io {

using RequestHeader = boost::beast::http::request<boost::beast::http::empty_body>;

// Takes a connection from its TLS handshake (if it has one) to its end or to its upgrade.
void StartHttp(std::shared_ptr<HttpCore> core, NetStream stream, ConnectionSlot slot);

// Takes over a connection whose upgrade was granted; answers it.
void StartWebSocket(std::shared_ptr<HttpCore> core, NetStream stream, RequestHeader request,
                    ConnectionSlot slot);

}  // namespace conclave::io
