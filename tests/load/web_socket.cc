#include "tests/load/web_socket.h"

#include <array>
#include <cstdlib>
#include <utility>

namespace conclave::load {
namespace {

constexpr uint8_t kContinuation = 0;
constexpr uint8_t kBinary = 2;
constexpr uint8_t kClose = 8;
constexpr uint8_t kPing = 9;
constexpr uint8_t kPong = 10;
constexpr uint8_t kFinal = 0x80;
constexpr uint8_t kMasked = 0x80;
// The largest message of the protocol is 64 KiB; a server that sends more is broken.
constexpr uint64_t kMessageBytesMax = 1 << 20;
constexpr size_t kHeadBytesMax = 16 * 1024;
// 64 characters of which sixteen bytes of nonce take 22 (RFC 4648).
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void WriteFrame(uint8_t opcode, std::string_view payload, Random& random, std::string& out) {
  out.push_back(static_cast<char>(kFinal | opcode));
  if (payload.size() < 126) {
    out.push_back(static_cast<char>(kMasked | payload.size()));
  } else {
    const int length_bytes = payload.size() < 65536 ? 2 : 8;
    out.push_back(static_cast<char>(kMasked | (length_bytes == 2 ? 126 : 127)));
    for (int i = length_bytes - 1; i >= 0; --i) {
      out.push_back(static_cast<char>(payload.size() >> (8 * i)));
    }
  }
  std::array<uint8_t, 4> mask;
  random.Fill(mask);
  for (const uint8_t byte : mask) out.push_back(static_cast<char>(byte));
  for (size_t i = 0; i < payload.size(); ++i) {
    out.push_back(static_cast<char>(static_cast<uint8_t>(payload[i]) ^ mask[i % 4]));
  }
}

uint8_t ByteAt(const std::string& text, size_t at) { return static_cast<uint8_t>(text[at]); }

}  // namespace

std::string WebSocket::UpgradeRequest(std::string_view host, Random& random) {
  // The last of 22 characters carries two bits only: "A", "Q", "g" or "w".
  const std::string key = random.Text(kBase64, 21) + "A==";
  return "GET /signal HTTP/1.1\r\nHost: " + std::string(host) +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Protocol: conclave.v1\r\nSec-WebSocket-Key: " +
         key + "\r\n\r\n";
}

void WebSocket::WriteMessage(std::string_view payload, Random& random, std::string& out) {
  WriteFrame(kBinary, payload, random, out);
}

void WebSocket::WriteClose(Random& random, std::string& out) {
  // 1000: the purpose of the connection is fulfilled.
  WriteFrame(kClose, std::string_view("\x03\xe8", 2), random, out);
}

void WebSocket::OnBytes(std::string_view bytes, Random& random, std::vector<std::string>& messages,
                        std::string& out) {
  if (state_ == State::kClosed) return;
  input_.append(bytes);
  if (state_ == State::kUpgrading && !TakeResponse()) return;
  while (state_ == State::kOpen && TakeFrame(random, messages, out)) {
  }
}

bool WebSocket::TakeResponse() {
  const size_t end = input_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (input_.size() > kHeadBytesMax) state_ = State::kClosed;
    return false;
  }
  const size_t space = input_.find(' ');
  http_status_ = space < end ? std::atoi(input_.c_str() + space + 1) : -1;
  input_.erase(0, end + 4);
  state_ = http_status_ == 101 ? State::kOpen : State::kClosed;
  return state_ == State::kOpen;
}

bool WebSocket::TakeFrame(Random& random, std::vector<std::string>& messages, std::string& out) {
  if (input_.size() < 2) return false;
  const uint8_t first = ByteAt(input_, 0);
  uint64_t length = ByteAt(input_, 1) & 0x7f;
  const size_t length_bytes = length < 126 ? 0 : length == 126 ? 2 : 8;
  if (input_.size() < 2 + length_bytes) return false;
  if (length_bytes > 0) length = 0;
  for (size_t i = 0; i < length_bytes; ++i) length = length << 8 | ByteAt(input_, 2 + i);
  // RFC 6455 section 5.1: a server must not mask.
  if ((ByteAt(input_, 1) & kMasked) != 0 || length > kMessageBytesMax) {
    state_ = State::kClosed;
    return false;
  }
  const size_t head = 2 + length_bytes;
  if (input_.size() < head + length) return false;
  const std::string payload = input_.substr(head, length);
  input_.erase(0, head + length);
  const uint8_t opcode = first & 0xf;
  if (opcode == kPing) WriteFrame(kPong, payload, random, out);
  if (opcode == kClose) {
    if (payload.size() >= 2) {
      close_code_ = static_cast<uint16_t>(ByteAt(payload, 0) << 8 | ByteAt(payload, 1));
    }
    WriteFrame(kClose, payload.substr(0, 2), random, out);
    state_ = State::kClosed;
  }
  if (opcode == kBinary || opcode == kContinuation) {
    partial_ += payload;
    if ((first & kFinal) != 0) messages.push_back(std::exchange(partial_, {}));
    if (partial_.size() > kMessageBytesMax) state_ = State::kClosed;
  }
  return true;
}

}  // namespace conclave::load
