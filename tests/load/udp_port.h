// A participant's UDP socket, connected to the server: cheap to have thousands of, batched both
// ways (UDP GSO and GRO, udp(7)).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/datagram.h"
#include "base/result.h"
#include "base/socket_address.h"
#include "base/time.h"
#include "io/file_descriptor.h"

namespace conclave::load {

struct Arrived {
  // When the kernel took it in, on the clock of io::Now: the load generator looks every few
  // milliseconds only, and its own delays are none of the server's.
  Instant at;
  std::span<uint8_t> bytes;
};

// Where a thread receives: one for all of its ports.
class ReceiveArena {
 public:
  ReceiveArena();
  ~ReceiveArena();
  ReceiveArena(const ReceiveArena&) = delete;
  ReceiveArena& operator=(const ReceiveArena&) = delete;

 private:
  friend class UdpPort;
  struct Messages;
  std::unique_ptr<Messages> messages_;
};

// Datagrams to be sent from one port, in order.
class Outgoing {
 public:
  Outgoing() : buffer_(kCapacityBytes) { sizes_.reserve(64); }
  // Where the next datagram is to be written, kMaxDatagramBytes long; empty where there is no more
  // room (then nothing may be committed).
  std::span<uint8_t> Prepare() {
    if (used_ + kMaxDatagramBytes > buffer_.size()) return {};
    return std::span(buffer_).subspan(used_, kMaxDatagramBytes);
  }
  void Commit(size_t size_bytes) {
    sizes_.push_back(static_cast<uint16_t>(size_bytes));
    used_ += size_bytes;
  }
  void Append(std::span<const uint8_t> datagram);
  bool empty() const { return sizes_.empty(); }
  std::span<const uint16_t> sizes() const { return sizes_; }
  const uint8_t* data() const { return buffer_.data(); }
  void Clear() {
    sizes_.clear();
    used_ = 0;
  }

 private:
  // A key frame of three encodings, with room to spare.
  static constexpr size_t kCapacityBytes = 256 * 1024;
  std::vector<uint8_t> buffer_;
  std::vector<uint16_t> sizes_;
  size_t used_ = 0;
};

class UdpPort {
 public:
  static Result<UdpPort> Connect(const SocketAddress& remote);

  int fd() const { return fd_.get(); }
  // Takes a batch of what has come; valid until the next call with the same arena. `wall_offset` is
  // io::WallOffset. Empty: nothing waits.
  std::span<const Arrived> Receive(Instant now, Duration wall_offset, ReceiveArena& arena);
  // Never blocks; what the kernel does not take is lost and counted.
  void Send(const Outgoing& out);

  uint64_t send_failures() const { return send_failures_; }
  // Datagrams that came but found the socket's buffer full: this machine's loss, not the server's.
  uint64_t receive_overflows() const;

 private:
  explicit UdpPort(io::FileDescriptor fd) : fd_(std::move(fd)) {}
  io::FileDescriptor fd_;
  uint64_t send_failures_ = 0;
};

}  // namespace conclave::load
