#include <boost/beast/websocket/ssl.hpp>

#include "io/web_socket_session_impl.h"

namespace conclave::io {

void StartWebSocket(std::shared_ptr<HttpCore> core, TlsStream stream, RequestHeader request,
                    ConnectionSlot slot) {
  std::make_shared<WebSocketSessionImpl<TlsStream>>(std::move(core), std::move(stream),
                                                    std::move(request), std::move(slot))
      ->Accept();
}

}  // namespace conclave::io
