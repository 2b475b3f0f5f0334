// The client's end of a WebSocket (RFC 6455): bytes in, bytes out, no socket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace conclave::load {

class WebSocket {
 public:
  enum class State : uint8_t { kUpgrading, kOpen, kClosed };

  // The opening handshake's request.
  static std::string UpgradeRequest(std::string_view host, Random& random);

  // Takes what the server sent. Appends whole binary messages to `messages` and what is to be sent
  // in answer (pongs, the echo of a close) to `out`.
  void OnBytes(std::string_view bytes, Random& random, std::vector<std::string>& messages,
               std::string& out);

  // Appends one binary message. RFC 6455 section 5.3: masked.
  static void WriteMessage(std::string_view payload, Random& random, std::string& out);
  static void WriteClose(Random& random, std::string& out);

  State state() const { return state_; }
  // The status of the answer to the upgrade, 0 before there is one.
  int http_status() const { return http_status_; }
  // Of the server's close frame; 0: none came.
  uint16_t close_code() const { return close_code_; }

 private:
  bool TakeResponse();
  bool TakeFrame(Random& random, std::vector<std::string>& messages, std::string& out);

  State state_ = State::kUpgrading;
  int http_status_ = 0;
  uint16_t close_code_ = 0;
  std::string input_;
  // Of a message in several frames.
  std::string partial_;
};

}  // namespace conclave::load
