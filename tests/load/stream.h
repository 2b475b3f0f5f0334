// One TCP connection to the server, with TLS or without; never blocks.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/socket_address.h"
#include "io/file_descriptor.h"

namespace conclave::load {

// TLS settings that all streams of a run share.
class TlsClient {
 public:
  enum class Trust { kVerify, kAnyCertificate };
  explicit TlsClient(Trust trust);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  struct Impl;
  Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

class Stream {
 public:
  // Begins to connect. `tls`: null for a plain connection; outlives the stream. `host` is the name
  // that the certificate is to be for.
  static Result<std::unique_ptr<Stream>> Connect(const SocketAddress& address, TlsClient* tls,
                                                 const std::string& host);
  ~Stream();

  int fd() const { return fd_.get(); }
  // Queues bytes and sends what the kernel takes.
  void Write(std::string_view bytes);
  // Appends what has come to `in`, sends what was queued. False: the connection is over, and
  // failure() says why.
  bool OnReady(std::string& in);
  const std::string& failure() const { return failure_; }
  // Whether bytes wait for the socket to be writable.
  bool wants_write() const { return !out_.empty() || handshaking_; }

 private:
  struct Tls;
  Stream() = default;
  bool Handshake();
  bool Flush();
  bool Read(std::string& in);
  bool Fail(std::string why);

  io::FileDescriptor fd_;
  std::unique_ptr<Tls> tls_;
  bool handshaking_ = false;
  std::string out_;
  std::string failure_;
};

}  // namespace conclave::load
