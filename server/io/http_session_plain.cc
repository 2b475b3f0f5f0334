#include "io/http_session_impl.h"

namespace conclave::io {

void StartPlainHttp(std::shared_ptr<HttpCore> core, boost::asio::ip::tcp::socket socket,
                    ConnectionSlot slot) {
  std::make_shared<HttpSession<PlainStream>>(std::move(core), PlainStream(std::move(socket)),
                                             std::move(slot))
      ->Run();
}

}  // namespace conclave::io
