// TestClient's body; named *_test.cc so that it is linked into the tests only.
#include "io/test_client.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>

#include "io/openssl_pointers.h"
#include "io/system_address.h"

namespace conclave::io {

struct TestClient::Tls {
  SSL_CTX* context = nullptr;
  SSL* ssl = nullptr;
  ~Tls() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
};

namespace {

constexpr std::string_view kAlpnOffer = "\x02h2\x08http/1.1";

}  // namespace

uint16_t TestFrame::close_code() const {
  if (payload.size() < 2) return 1005;
  return static_cast<uint16_t>(static_cast<uint8_t>(payload[0]) << 8 |
                               static_cast<uint8_t>(payload[1]));
}

TestClient::TestClient(uint16_t port, Transport transport, IpAddress ip) {
  // OpenSSL writes to closed sockets without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  const SystemAddress address = ToSystem({ip, port});
  fd_ = FileDescriptor(socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{5, 0};
  setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  connected_ = connect(fd_.get(), address.get(), address.size) == 0;
  if (!connected_ || transport == Transport::kPlain) return;
  tls_ = std::make_unique<Tls>();
  tls_->context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_alpn_protos(tls_->context, reinterpret_cast<const unsigned char*>(kAlpnOffer.data()),
                          static_cast<unsigned>(kAlpnOffer.size()));
  tls_->ssl = SSL_new(tls_->context);
  SSL_set_fd(tls_->ssl, fd_.get());
  connected_ = SSL_connect(tls_->ssl) == 1;
}

TestClient::~TestClient() = default;

void TestClient::Write(std::string_view bytes) {
  if (tls_) {
    (void)SSL_write(tls_->ssl, bytes.data(), static_cast<int>(bytes.size()));
    return;
  }
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

bool TestClient::Fill() {
  std::array<char, 4096> piece;
  const ssize_t count = tls_ ? SSL_read(tls_->ssl, piece.data(), static_cast<int>(piece.size()))
                             : recv(fd_.get(), piece.data(), piece.size(), 0);
  if (count <= 0) return false;
  input_.append(piece.data(), static_cast<size_t>(count));
  return true;
}

std::optional<std::string> TestClient::Take(size_t count) {
  while (input_.size() < count) {
    if (!Fill()) return std::nullopt;
  }
  std::string taken = input_.substr(0, count);
  input_.erase(0, count);
  return taken;
}

TestResponse TestClient::Request(std::string_view method, std::string_view target,
                                 std::string_view headers, std::string_view host) {
  Write(std::string(method) + " " + std::string(target) +
        " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n" + std::string(headers) + "\r\n");
  return ReadResponse(method != "HEAD").value_or(TestResponse{});
}

std::optional<TestResponse> TestClient::ReadResponse(bool has_body) {
  while (input_.find("\r\n\r\n") == std::string::npos) {
    if (!Fill()) return std::nullopt;
  }
  const std::string head = *Take(input_.find("\r\n\r\n") + 4);
  TestResponse response;
  std::from_chars(head.data() + 9, head.data() + 12, response.status);
  for (size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
    const size_t end = head.find("\r\n", at);
    const size_t colon = head.find(": ", at);
    if (colon < end) {
      std::string name = head.substr(at, colon - at);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      response.headers[name] = head.substr(colon + 2, end - colon - 2);
    }
    at = end + 2;
  }
  const auto length = response.headers.find("content-length");
  if (has_body && length != response.headers.end() && response.status != 304) {
    response.body = Take(std::stoul(length->second)).value_or("(cut off)");
  }
  return response;
}

int TestClient::Upgrade(std::string_view headers, std::string_view target) {
  return Request("GET", target,
                 "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                     std::string(headers))
      .status;
}

// RFC 6455 section 5.2, with a mask of zeros.
void TestClient::SendFrame(uint8_t opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80 | opcode));
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += static_cast<char>(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8) {
      frame += static_cast<char>(payload.size() >> shift & 0xff);
    }
  }
  frame += std::string(4, '\0');
  Write(frame + std::string(payload));
}

std::optional<TestFrame> TestClient::ReadFrame() {
  const auto head = Take(2);
  if (!head) return std::nullopt;
  size_t size = static_cast<uint8_t>((*head)[1]) & 0x7f;
  if (size >= 126) {
    const auto extended = Take(size == 126 ? 2 : 8);
    if (!extended) return std::nullopt;
    size = 0;
    for (const char c : *extended) size = size << 8 | static_cast<uint8_t>(c);
  }
  const auto payload = Take(size);
  if (!payload) return std::nullopt;
  return TestFrame{static_cast<uint8_t>((*head)[0] & 0x0f), *payload};
}

bool TestClient::AtEnd() {
  if (!input_.empty()) return false;
  std::array<char, 1> piece;
  if (tls_) return SSL_read(tls_->ssl, piece.data(), 1) <= 0;
  const ssize_t count = recv(fd_.get(), piece.data(), 1, 0);
  return count == 0 || (count < 0 && errno == ECONNRESET);
}

std::string TestClient::tls_version() const { return SSL_get_version(tls_->ssl); }

std::string TestClient::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(tls_->ssl, &name, &size);
  return std::string(reinterpret_cast<const char*>(name), size);
}

std::string TestClient::peer_certificate_pem() const {
  const CertificatePointer certificate(SSL_get1_peer_certificate(tls_->ssl));
  if (!certificate) return "";
  const BioPointer bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

void TestClient::Disconnect() {
  tls_.reset();
  fd_ = FileDescriptor();
}

void TestClient::ShrinkReceiveBuffer() {
  const int tiny = 1;
  setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &tiny, sizeof(tiny));
}

}  // namespace conclave::io
