#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <optional>
#include <string>

#include "io/http_session_impl.h"
#include "io/web_socket_policy.h"

namespace conclave::io {
namespace {

class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(std::shared_ptr<HttpCore> core, NetStream stream, ConnectionSlot slot)
      : core_(std::move(core)), stream_(std::move(stream)), slot_(std::move(slot)) {}

  void Run() {
    ExpireAfter(core_->config.limits.tls_handshake);
    stream_.Handshake(IoHandler([self = shared_from_this()](error_code error, size_t) {
      if (!error) self->ReadHeader();
    }));
  }

 private:
  using error_code = boost::system::error_code;
  using Response = boost::beast::http::response<boost::beast::http::span_body<const char>>;
  using Field = boost::beast::http::field;

  void ExpireAfter(Duration limit) { stream_.tcp().expires_after(ToChrono(limit)); }

  // The next request may take its time to begin, but not to arrive once it has begun.
  void AwaitRequest() {
    if (buffer_.size() > 0) return ReadHeader();
    ExpireAfter(core_->config.limits.keep_alive);
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](error_code error, size_t count) {
                              self->buffer_.commit(count);
                              error ? self->Shutdown() : self->ReadHeader();
                            });
  }

  void ReadHeader() {
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(core_->config.limits.header_bytes_max));
    ExpireAfter(core_->config.limits.request_header);
    boost::beast::http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, size_t) { self->OnHeader(error); });
  }

  void OnHeader(error_code error) {
    using HttpError = boost::beast::http::error;
    keep_alive_ = false;
    if (error == HttpError::header_limit) return Refuse(431, "The request's header is too long.\n");
    if (error == HttpError::end_of_stream || error == HttpError::partial_message) return Shutdown();
    if (error.category() == boost::beast::http::make_error_code(HttpError::bad_method).category()) {
      return Refuse(400, "The request is not HTTP.\n");
    }
    if (error) return;
    if (parser_->chunked() || parser_->content_length().value_or(0) > 0) {
      return Refuse(413, "Requests here have no body.\n");
    }
    Answer();
  }

  HttpRequest Request() {
    const auto& header = parser_->get();
    const auto view = [](boost::beast::string_view text) {
      return std::string_view(text.data(), text.size());
    };
    HttpRequest request;
    request.method = view(header.method_string());
    request.target = view(header.target());
    request.host = view(header[Field::host]);
    request.accept_encoding = view(header[Field::accept_encoding]);
    request.if_none_match = view(header[Field::if_none_match]);
    request.tls = stream_.tls();
    request.loopback = slot_.peer().is_loopback();
    return request;
  }

  void Answer() {
    const HttpRequest request = Request();
    if (boost::beast::websocket::is_upgrade(parser_->get()) && !NeedsRedirect(request)) {
      return Upgrade(request);
    }
    keep_alive_ = parser_->get().keep_alive() && !slot_.crowded() && !core_->stopping;
    reply_ = Respond(request, core_->site, core_->config.pages, core_->health);
    Write(request.method == "HEAD");
  }

  void Upgrade(const HttpRequest& request) {
    if (const std::string& elsewhere = core_->config.pages.meetings_at; !elsewhere.empty()) {
      return Refuse(
          403, "This server only gives the pages. Meetings take place at " + elsewhere + ".\n");
    }
    const auto& header = parser_->get();
    const auto origin = header[Field::origin];
    const auto protocols = header[Field::sec_websocket_protocol];
    const UpgradeVerdict verdict = JudgeUpgrade({request.target,
                                                 request.host,
                                                 {origin.data(), origin.size()},
                                                 {protocols.data(), protocols.size()}},
                                                core_->config.allowed_origins);
    switch (verdict) {
      case UpgradeVerdict::kNotFound:
        return Refuse(404, "The WebSocket is at /signal.\n");
      case UpgradeVerdict::kForeignOrigin:
        return Refuse(403, "Pages of this origin may not connect; see --allowed-origin.\n");
      case UpgradeVerdict::kWrongProtocol:
        return Refuse(400, "The WebSocket's subprotocol must be conclave.v1.\n");
      case UpgradeVerdict::kAccept:
        break;
    }
    // A client waits for the answer before its first frame (RFC 6455 section 4.1).
    if (buffer_.size() > 0) return Refuse(400, "Frames came before the handshake.\n");
    StartWebSocket(core_, std::move(stream_), parser_->release(), std::move(slot_));
  }

  void Refuse(unsigned status, std::string text) {
    HttpRequest request;
    request.tls = stream_.tls();
    keep_alive_ = false;
    reply_ = TextReply(status, std::move(text), request, core_->config.pages);
    Write(false);
  }

  void Write(bool head) {
    response_.emplace();
    response_->result(reply_.status);
    for (const auto& [name, value] : reply_.headers) response_->set(name, value);
    response_->keep_alive(keep_alive_);
    const std::string_view body = reply_.body();
    // RFC 9110 section 15.4.5: 304 has no body; HEAD's length is that of the body not sent.
    if (reply_.status != 304) response_->content_length(body.size());
    if (!head && reply_.status != 304) response_->body() = {body.data(), body.size()};
    // A minute is a megabyte at 140 kbit/s; a reader slower than that may come back.
    ExpireAfter(Duration::Seconds(60));
    boost::beast::http::async_write(stream_, *response_,
                                    [self = shared_from_this()](error_code error, size_t) {
                                      if (error) return;
                                      self->keep_alive_ ? self->AwaitRequest() : self->Shutdown();
                                    });
  }

  void Shutdown() {
    ExpireAfter(core_->config.limits.closing);
    stream_.Shutdown(IoHandler([self = shared_from_this()](error_code, size_t) {}));
  }

  static constexpr size_t kReadBytes = 2048;

  std::shared_ptr<HttpCore> core_;
  NetStream stream_;
  ConnectionSlot slot_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> parser_;
  HttpReply reply_;
  std::optional<Response> response_;
  bool keep_alive_ = false;
};

}  // namespace

void StartHttp(std::shared_ptr<HttpCore> core, NetStream stream, ConnectionSlot slot) {
  std::make_shared<HttpSession>(std::move(core), std::move(stream), std::move(slot))->Run();
}

}  // namespace conclave::io
