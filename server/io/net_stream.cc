#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <optional>
#include <vector>

#include "io/net_stream_impl.h"

namespace conclave::io {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

// One TLS record; more is not worth a copy.
constexpr size_t kCoalesceBytes = 16 * 1024;

}  // namespace

struct NetStream::State {
  State(asio::ip::tcp::socket socket, asio::ssl::context* context) : tcp(std::move(socket)) {
    if (context != nullptr) tls.emplace(tcp, *context);
  }
  beast::tcp_stream tcp;
  std::optional<asio::ssl::stream<beast::tcp_stream&>> tls;
  // What goes into one record: asio would make a record of each buffer.
  std::vector<char> record;
};

NetStream::NetStream(asio::ip::tcp::socket socket, asio::ssl::context* tls)
    : state_(std::make_unique<State>(std::move(socket), tls)) {}
NetStream::NetStream(NetStream&&) noexcept = default;
NetStream& NetStream::operator=(NetStream&&) noexcept = default;
NetStream::~NetStream() = default;

NetStream::executor_type NetStream::get_executor() { return state_->tcp.get_executor(); }
bool NetStream::tls() const { return state_->tls.has_value(); }
beast::tcp_stream& NetStream::tcp() { return state_->tcp; }

void NetStream::CloseSocket() {
  error_code ignored;
  state_->tcp.socket().close(ignored);
}

void NetStream::Handshake(IoHandler handler) {
  if (state_->tls) {
    state_->tls->async_handshake(asio::ssl::stream_base::server, std::move(handler));
    return;
  }
  asio::post(get_executor(), [h = std::move(handler)]() mutable { h(error_code()); });
}

void NetStream::Shutdown(IoHandler handler) {
  if (state_->tls) {
    state_->tls->async_shutdown(std::move(handler));
    return;
  }
  error_code error;
  state_->tcp.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  asio::post(get_executor(), [h = std::move(handler), error]() mutable { h(error); });
}

void NetStream::ReadSome(const ReadBuffers& buffers, IoHandler handler) {
  if (state_->tls) {
    state_->tls->async_read_some(buffers, std::move(handler));
  } else {
    state_->tcp.async_read_some(buffers, std::move(handler));
  }
}

void NetStream::WriteSome(const WriteBuffers& buffers, IoHandler handler) {
  if (!state_->tls) return state_->tcp.async_write_some(buffers, std::move(handler));
  const size_t size = asio::buffer_size(buffers);
  if (size > kCoalesceBytes || buffers.end() - buffers.begin() < 2) {
    return state_->tls->async_write_some(buffers, std::move(handler));
  }
  state_->record.resize(size);
  asio::buffer_copy(asio::buffer(state_->record), buffers);
  state_->tls->async_write_some(asio::buffer(state_->record), std::move(handler));
}

void beast_close_socket(NetStream& stream) { stream.CloseSocket(); }

void AsyncTeardown(beast::role_type role, NetStream& stream, IoHandler handler) {
  if (stream.tls()) return stream.Shutdown(std::move(handler));
  beast::websocket::async_teardown(role, stream.tcp().socket(), std::move(handler));
}

}  // namespace conclave::io
