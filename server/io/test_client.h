// A plain blocking HTTP and WebSocket client, so that the server is judged by something that shares
// no code with it. For tests only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/socket_address.h"
#include "io/file_descriptor.h"

namespace conclave::io {

enum class Transport { kPlain, kTls };

struct TestResponse {
  int status = 0;
  // Names in lower case.
  std::map<std::string, std::string> headers;
  std::string body;
};

struct TestFrame {
  uint8_t opcode = 0;
  std::string payload;
  // Of a close frame; 1005 where it has none.
  uint16_t close_code() const;
};

// Every read gives up after five seconds, which fails the test that waits.
class TestClient {
 public:
  static constexpr uint8_t kText = 1;
  static constexpr uint8_t kBinary = 2;
  static constexpr uint8_t kClose = 8;
  static constexpr uint8_t kPing = 9;
  static constexpr uint8_t kPong = 10;

  // Connects to 127.0.0.1, or another address of this machine.
  TestClient(uint16_t port, Transport transport, IpAddress ip = IpAddress::V4(127, 0, 0, 1));
  ~TestClient();

  bool connected() const { return connected_; }
  void Write(std::string_view bytes);
  // Sends a request with these extra header lines ("A: b\r\n") and reads the answer to its end.
  TestResponse Request(std::string_view method, std::string_view target,
                       std::string_view headers = "", std::string_view host = "localhost");
  std::optional<TestResponse> ReadResponse(bool has_body = true);
  // Opens a WebSocket. Returns the answer's status: 101 when it is open.
  int Upgrade(std::string_view headers = "Sec-WebSocket-Protocol: conclave.v1\r\n",
              std::string_view target = "/signal");
  void SendFrame(uint8_t opcode, std::string_view payload);
  std::optional<TestFrame> ReadFrame();
  // Whether the server closed the connection (and sent nothing before).
  bool AtEnd();
  // What TLS negotiated: "TLSv1.3", and by ALPN "http/1.1".
  std::string tls_version() const;
  std::string alpn() const;
  std::string peer_certificate_pem() const;
  void Disconnect();
  // Limits what the kernel takes in for us: a slow reader.
  void ShrinkReceiveBuffer();

 private:
  struct Tls;
  // One more piece into input_. False at the end or after five seconds.
  bool Fill();
  std::optional<std::string> Take(size_t count);

  FileDescriptor fd_;
  std::unique_ptr<Tls> tls_;
  std::string input_;
  bool connected_ = false;
};

}  // namespace conclave::io
