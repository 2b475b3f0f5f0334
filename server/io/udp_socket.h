// One UDP socket of a shard, bound to one concrete local address (decisions 29: an answer that
// leaves from another address than it was asked at fails ICE). Batched both ways, with UDP GSO.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/datagram.h"
#include "base/result.h"
#include "base/socket_address.h"
#include "base/time.h"
#include "io/file_descriptor.h"

namespace conclave::io {

// Datagrams taken by one system call: at 32 its cost per packet is mostly gone, and the buffers of
// one batch still fit the second-level cache.
inline constexpr size_t kReceiveBatch = 32;
// Datagrams taken at once where so many wait: who reads all of them can choose what goes first and
// what is left out, where otherwise the kernel drops whatever comes last. 30 ms of a full shard.
inline constexpr size_t kReceiveMax = 1024;

// Where a thread receives; one per thread, whatever the number of its sockets.
class ReceiveBuffer {
 public:
  ReceiveBuffer();
  ~ReceiveBuffer();
  ReceiveBuffer(const ReceiveBuffer&) = delete;
  ReceiveBuffer& operator=(const ReceiveBuffer&) = delete;

 private:
  friend class UdpSocket;
  struct Messages;
  std::unique_ptr<Messages> messages_;
};

// Counters in datagrams, but for gso_refused. All only grow.
struct UdpSocketStats {
  uint64_t received = 0;
  // Larger than kMaxDatagramBytes.
  uint64_t dropped_too_large = 0;
  uint64_t sent = 0;
  // The send buffer was full: real-time media is better lost than late.
  uint64_t dropped_buffer_full = 0;
  // Refused by the kernel for another reason: no route, larger than the device's MTU.
  uint64_t dropped_refused = 0;
  // Runs that the kernel would not segment and that went out datagram by datagram.
  uint64_t gso_refused = 0;
};

class UdpSocket {
 public:
  // Non-blocking, with the largest buffers that the kernel allows up to 16 MiB in and 4 MiB out,
  // and with path MTU discovery left to us (IP_PMTUDISC_PROBE: the kernel sends what it is given,
  // unfragmented). Port 0 takes any free port. Fails when the address is not ours or the port is
  // taken.
  static Result<UdpSocket> Bind(const SocketAddress& local, SocketIndex index);
  UdpSocket(UdpSocket&&) noexcept;
  UdpSocket& operator=(UdpSocket&&) noexcept;
  ~UdpSocket();

  int fd() const { return fd_.get(); }
  // With the port that was really taken.
  const SocketAddress& local() const { return local_; }
  const UdpSocketStats& stats() const { return stats_; }

  // Takes up to kReceiveMax datagrams that are waiting, all stamped `now`. The result is valid
  // until the next call with the same buffer. Empty: nothing waits.
  std::span<const ReceivedDatagram> Receive(Instant now, ReceiveBuffer& buffer);

  // Sends the runs of `batch` whose path names this socket, each in its order; never blocks. What
  // the kernel does not take is dropped and counted.
  void Send(const SendBatch& batch);

 private:
  struct Outgoing;
  // Takes up to kReceiveBatch; returns how many came.
  size_t ReceiveSome(Instant now, ReceiveBuffer& buffer);
  UdpSocket(FileDescriptor fd, const SocketAddress& local, SocketIndex index);

  void AddRun(const SendBatch& batch, const SendRun& run);
  void AddSegments(Outgoing& out, const SendBatch& batch, const SendRun& run);
  void Flush(const SendBatch& batch, Outgoing& out);
  // The first message of `out` from `index` was refused with `error`. Returns how many to skip.
  size_t OnRefused(const SendBatch& batch, Outgoing& out, size_t index, int error);

  FileDescriptor fd_;
  SocketAddress local_;
  SocketIndex index_ = 0;
  // False once the device turned out not to segment at all (EIO, see udp(7)).
  bool gso_ = true;
  std::unique_ptr<Outgoing> runs_;
  std::unique_ptr<Outgoing> segments_;
  UdpSocketStats stats_;
};

}  // namespace conclave::io
