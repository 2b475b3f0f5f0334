// A TCP connection with or without TLS, as one type: Beast is then compiled once instead of once
// per transport, and for handlers of one type. Internal to io/.
#pragma once

#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <memory>
#include <utility>

namespace conclave::io {

// A handler of an operation, whatever its type. Called once.
class IoHandler {
 public:
  using error_code = boost::system::error_code;

  template <typename Handler>
  requires(!std::is_same_v<std::decay_t<Handler>, IoHandler>) explicit IoHandler(Handler&& handler)
      : model_(std::make_unique<Model<std::decay_t<Handler>>>(std::forward<Handler>(handler))) {}

  void operator()(error_code error, size_t count = 0) {
    // The handler's memory goes before it is called, since it may start the next operation.
    std::exchange(model_, nullptr)->Call(error, count);
  }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual void Call(error_code error, size_t count) = 0;
  };
  template <typename Handler>
  struct Model final : Concept {
    explicit Model(Handler h) : handler(std::move(h)) {}
    void Call(error_code error, size_t count) override { std::move(handler)(error, count); }
    Handler handler;
  };
  std::unique_ptr<Concept> model_;
};

// The front of any buffer sequence; operations may transfer less than they were given.
template <typename Buffer>
class BufferFront {
 public:
  using value_type = Buffer;
  using const_iterator = const Buffer*;

  template <typename Sequence>
  explicit BufferFront(const Sequence& sequence) {
    const auto end = boost::asio::buffer_sequence_end(sequence);
    for (auto it = boost::asio::buffer_sequence_begin(sequence); it != end; ++it) {
      if (count_ == buffers_.size()) break;
      buffers_[count_++] = Buffer(*it);
    }
  }
  const_iterator begin() const { return buffers_.data(); }
  const_iterator end() const { return buffers_.data() + count_; }

 private:
  std::array<Buffer, 8> buffers_;
  size_t count_ = 0;
};
using ReadBuffers = BufferFront<boost::asio::mutable_buffer>;
using WriteBuffers = BufferFront<boost::asio::const_buffer>;

// Beast's AsyncStream. One read and one write may be under way.
class NetStream {
 public:
  using executor_type = boost::beast::tcp_stream::executor_type;
  using error_code = boost::system::error_code;

  // Without a context: plain TCP.
  NetStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls);
  NetStream(NetStream&&) noexcept;
  NetStream& operator=(NetStream&&) noexcept;
  ~NetStream();

  executor_type get_executor();
  bool tls() const;
  // Timeouts are set there.
  boost::beast::tcp_stream& tcp();
  void CloseSocket();
  // TLS's handshake, or nothing to do.
  void Handshake(IoHandler handler);
  // TLS's closing alert, or the end of what we send.
  void Shutdown(IoHandler handler);

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, size_t)>(
        [this](auto&& handler, const ReadBuffers& front) {
          ReadSome(front, IoHandler(std::forward<decltype(handler)>(handler)));
        },
        token, ReadBuffers(buffers));
  }
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, size_t)>(
        [this](auto&& handler, const WriteBuffers& front) {
          WriteSome(front, IoHandler(std::forward<decltype(handler)>(handler)));
        },
        token, WriteBuffers(buffers));
  }

 private:
  struct State;
  void ReadSome(const ReadBuffers& buffers, IoHandler handler);
  void WriteSome(const WriteBuffers& buffers, IoHandler handler);

  std::unique_ptr<State> state_;
};

// What a WebSocket needs of its stream (Beast finds them by their argument).
void beast_close_socket(NetStream& stream);  // NOLINT: Beast's name.
void AsyncTeardown(boost::beast::role_type role, NetStream& stream, IoHandler handler);

template <typename Handler>
void async_teardown(boost::beast::role_type role, NetStream& stream, Handler&& handler) {  // NOLINT
  AsyncTeardown(role, stream,
                IoHandler([h = std::forward<Handler>(handler)](boost::system::error_code error,
                                                               size_t) mutable { h(error); }));
}

}  // namespace conclave::io
