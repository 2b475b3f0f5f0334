
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <string>

#include "io/http_session_impl.h"
#include "io/net_stream_impl.h"
#include "io/web_socket_policy.h"

namespace conclave::io {
namespace {

class WebSocketSessionImpl final : public WebSocketSession,
                                   public std::enable_shared_from_this<WebSocketSessionImpl> {
 public:
  WebSocketSessionImpl(std::shared_ptr<HttpCore> core, NetStream stream, RequestHeader request,
                       ConnectionSlot slot)
      : core_(std::move(core)),
        stream_(std::move(stream)),
        request_(std::move(request)),
        slot_(std::move(slot)),
        timer_(core_->context) {}

  void Accept() {
    const HttpLimits& limits = core_->config.limits;
    // The WebSocket has timers of its own from here on.
    stream_.next_layer().tcp().expires_never();
    stream_.set_option(StreamBase::timeout{.handshake_timeout = ToChrono(limits.request_header),
                                           .idle_timeout = ToChrono(limits.idle),
                                           .keep_alive_pings = true});
    stream_.set_option(StreamBase::decorator([](boost::beast::websocket::response_type& response) {
      response.set(boost::beast::http::field::sec_websocket_protocol, std::string(kSignalProtocol));
      // Beast would name itself and its version.
      response.set(boost::beast::http::field::server, "conclave");
    }));
    stream_.read_message_max(limits.message_bytes_max);
    stream_.binary(true);
    // One message, one frame.
    stream_.auto_fragment(false);
    stream_.async_accept(request_, [self = shared_from_this()](error_code error) {
      if (!error) self->OnAccepted();
    });
  }

  void Send(std::string bytes) override {
    if (closing_ || finished_) return;
    const HttpLimits& limits = core_->config.limits;
    if (queue_bytes_ + bytes.size() > limits.queue_bytes_max ||
        queue_.size() >= limits.queue_messages_max) {
      return CloseSlow();
    }
    queue_bytes_ += bytes.size();
    queue_.push_back(std::move(bytes));
    if (queue_.size() == 1) Write();
  }

  void Close(uint16_t code) override { CloseWith(code, ""); }

 private:
  using error_code = boost::system::error_code;
  using Self = WebSocketSessionImpl;
  using StreamBase = boost::beast::websocket::stream_base;

  void OnAccepted() {
    const IpAddress peer = ClientAddress(slot_.peer(), request_["X-Forwarded-For"]);
    request_ = {};
    id_ = ConnectionId(++core_->last_connection);
    core_->web_sockets.emplace(id_, shared_from_this());
    if (core_->handler == nullptr || core_->stopping) return Close(kCloseGoingAway);
    ArmTimer(core_->config.limits.first_message,
             [](Self& self) { self.CloseWith(kClosePolicy, "no first message"); });
    core_->handler->OnOpen(id_, peer);
    Read();
  }

  void ArmTimer(Duration limit, void (*on_deadline)(Self&)) {
    timer_.expires_after(ToChrono(limit));
    timer_.async_wait([weak = weak_from_this(), on_deadline](error_code error) {
      const auto self = weak.lock();
      if (!error && self) on_deadline(*self);
    });
  }

  void Read() {
    stream_.async_read(buffer_, [self = shared_from_this()](error_code error, size_t) {
      error ? self->Finish() : self->OnRead();
    });
  }

  void OnRead() {
    if (!closing_ && !stream_.got_binary()) CloseWith(kCloseUnsupportedData, "binary only");
    if (!closing_) {
      if (!established_) {
        established_ = true;
        timer_.cancel();
        slot_.Release();
      }
      const auto data = buffer_.cdata();
      if (core_->handler != nullptr) {
        core_->handler->OnMessage(id_, {static_cast<const uint8_t*>(data.data()), data.size()});
      }
    }
    buffer_.consume(buffer_.size());
    // Also while closing: the peer's close frame and its pongs come in by reading.
    if (!finished_) Read();
  }

  void Write() {
    writing_ = true;
    stream_.async_write(boost::asio::buffer(queue_.front()),
                        [self = shared_from_this()](error_code error, size_t) {
                          error ? self->Finish() : self->OnWritten();
                        });
  }

  void OnWritten() {
    writing_ = false;
    queue_bytes_ -= queue_.front().size();
    queue_.pop_front();
    if (!queue_.empty()) return Write();
    if (closing_) SendClose();
  }

  // What is on its way stays, the rest can never catch up: the client resumes and is told anew.
  void CloseSlow() {
    while (queue_.size() > 1) {
      queue_bytes_ -= queue_.back().size();
      queue_.pop_back();
    }
    CloseWith(kCloseTryAgainLater, "slow reader");
  }

  void CloseWith(uint16_t code, std::string_view reason) {
    if (closing_ || finished_) return;
    closing_ = true;
    reason_.code = code;
    reason_.reason.assign(reason.data(), reason.size());
    ArmTimer(core_->config.limits.closing, [](Self& self) {
      self.stream_.next_layer().CloseSocket();
      self.Finish();
    });
    if (!writing_) SendClose();
  }

  void SendClose() {
    stream_.async_close(reason_, [self = shared_from_this()](error_code) { self->Finish(); });
  }

  // The end, however it came. Never called from within Send or Close.
  void Finish() {
    if (finished_) return;
    finished_ = true;
    timer_.cancel();
    slot_.Release();
    stream_.next_layer().CloseSocket();
    core_->web_sockets.erase(id_);
    if (core_->handler != nullptr) core_->handler->OnClose(id_);
  }

  std::shared_ptr<HttpCore> core_;
  // Without permessage-deflate: a small message could grow without limit in it.
  boost::beast::websocket::stream<NetStream, false> stream_;
  RequestHeader request_;
  ConnectionSlot slot_;
  // Until the first message, then unused, then for the closing.
  boost::asio::steady_timer timer_;
  ConnectionId id_;
  boost::beast::flat_buffer buffer_;
  // The front is being written when `writing_`.
  std::deque<std::string> queue_;
  size_t queue_bytes_ = 0;
  boost::beast::websocket::close_reason reason_;
  bool writing_ = false;
  bool established_ = false;
  bool closing_ = false;
  bool finished_ = false;
};

}  // namespace

void StartWebSocket(std::shared_ptr<HttpCore> core, NetStream stream, RequestHeader request,
                    ConnectionSlot slot) {
  std::make_shared<WebSocketSessionImpl>(std::move(core), std::move(stream), std::move(request),
                                         std::move(slot))
      ->Accept();
}

}  // namespace conclave::io
