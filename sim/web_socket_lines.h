// The WebSockets of a run: ordered and reliable, with a delay; closing takes as long as a message.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/time.h"

namespace conclave::sim {

struct SocketEvent {
  enum class Kind : uint8_t { kOpened, kMessage, kClosed };
  Instant at;
  ConnectionId connection;
  Kind kind = Kind::kMessage;
  bool to_server = false;
  std::string bytes;
};

// One delay for all, so that a queue is in order by itself.
class WebSocketLines {
 public:
  static constexpr Duration kDelay = Duration::Millis(25);

  void Send(Instant now, bool to_server, ConnectionId connection, SocketEvent::Kind kind,
            std::string bytes = {}) {
    queue_.push_back({now + kDelay, connection, kind, to_server, std::move(bytes)});
  }
  std::optional<SocketEvent> Receive(Instant now) {
    if (queue_.empty() || queue_.front().at > now) return std::nullopt;
    SocketEvent event = std::move(queue_.front());
    queue_.pop_front();
    return event;
  }

 private:
  std::deque<SocketEvent> queue_;
};

}  // namespace conclave::sim
