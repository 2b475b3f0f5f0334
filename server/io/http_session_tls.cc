#include "io/http_session_impl.h"

namespace conclave::io {

void StartTlsHttp(std::shared_ptr<HttpCore> core, boost::asio::ip::tcp::socket socket,
                  ConnectionSlot slot) {
  TlsStream stream(boost::beast::tcp_stream(std::move(socket)), *core->tls);
  std::make_shared<HttpSession<TlsStream>>(std::move(core), std::move(stream), std::move(slot))
      ->Run();
}

}  // namespace conclave::io
