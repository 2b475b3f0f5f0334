#include "io/udp_socket.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "io/system_address.h"

namespace conclave::io {
namespace {

// Holds the bursts of a few hundred receivers at 1 ms ticks; also the usual limit for the
// unprivileged once an administrator raises net.core.rmem_max.
constexpr int kSendBufferBytes = 4 << 20;
// A shard that is not run for 200 ms loses nothing of 30,000 datagrams a second; the kernel counts
// some 2.3 KB for one of 1200 bytes.
constexpr int kReceiveBufferBytes = 16 << 20;
// Messages of one sendmmsg: at 16 the cost of the call is spread thin (reference measurements), and
// 64 GSO messages are more than a tick makes.
constexpr size_t kMessagesPerCall = 64;
constexpr size_t kControlBytes = CMSG_SPACE(sizeof(uint16_t));

void SetOption(int fd, int level, int name, int value) {
  // Every option here only improves the socket: a kernel without one still works.
  (void)setsockopt(fd, level, name, &value, sizeof(value));
}

void GrowBuffer(int fd, int name_forced, int name, int value) {
  if (setsockopt(fd, SOL_SOCKET, name_forced, &value, sizeof(value)) == 0) return;
  SetOption(fd, SOL_SOCKET, name, value);
}

void Configure(int fd, bool v4) {
  GrowBuffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, kReceiveBufferBytes);
  GrowBuffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, kSendBufferBytes);
  if (v4) {
    SetOption(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
  } else {
    SetOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    SetOption(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
  }
}

Error BindError(const SocketAddress& local, int error) {
  return Error{"cannot bind UDP " + local.ToString() + ": " + std::strerror(error)};
}

size_t SegmentCount(const SendRun& run) {
  return (run.size_bytes + run.segment_bytes - 1) / run.segment_bytes;
}

}  // namespace

struct ReceiveBuffer::Messages {
  std::array<mmsghdr, kReceiveBatch> headers;
  std::array<iovec, kReceiveBatch> vectors;
  std::array<sockaddr_storage, kReceiveBatch> names;
  std::array<std::array<uint8_t, kMaxDatagramBytes>, kReceiveMax> bytes;
  // How many of `bytes` hold something.
  size_t used = 0;
  std::vector<ReceivedDatagram> received;
};

// Not cleared: what is never needed takes no memory.
ReceiveBuffer::ReceiveBuffer() : messages_(new Messages) {
  messages_->received.reserve(kReceiveMax);
}
ReceiveBuffer::~ReceiveBuffer() = default;

// Messages being put together for one sendmmsg, and which run each is.
struct UdpSocket::Outgoing {
  std::array<mmsghdr, kMessagesPerCall> headers;
  std::array<iovec, kMessagesPerCall> vectors;
  std::array<SystemAddress, kMessagesPerCall> names;
  alignas(cmsghdr) std::array<std::array<char, kControlBytes>, kMessagesPerCall> control;
  std::array<const SendRun*, kMessagesPerCall> runs;
  std::array<size_t, kMessagesPerCall> datagrams;
  size_t count = 0;

  bool full() const { return count == kMessagesPerCall; }

  void Add(const SendRun& run, std::span<const uint8_t> bytes) {
    names[count] = ToSystem(run.path.remote);
    vectors[count] = {const_cast<uint8_t*>(bytes.data()), bytes.size()};
    headers[count] = {};
    msghdr& header = headers[count].msg_hdr;
    header.msg_name = &names[count].storage;
    header.msg_namelen = names[count].size;
    header.msg_iov = &vectors[count];
    header.msg_iovlen = 1;
    runs[count] = &run;
    datagrams[count] = bytes.size() > run.segment_bytes ? SegmentCount(run) : 1;
    if (datagrams[count] > 1) SetSegmentSize(header, run.segment_bytes);
    ++count;
  }

  void SetSegmentSize(msghdr& header, uint16_t segment_bytes) {
    header.msg_control = control[count].data();
    header.msg_controllen = kControlBytes;
    cmsghdr* message = CMSG_FIRSTHDR(&header);
    message->cmsg_level = IPPROTO_UDP;
    message->cmsg_type = UDP_SEGMENT;
    message->cmsg_len = CMSG_LEN(sizeof(segment_bytes));
    std::memcpy(CMSG_DATA(message), &segment_bytes, sizeof(segment_bytes));
  }
};

UdpSocket::UdpSocket(FileDescriptor fd, const SocketAddress& local, SocketIndex index)
    : fd_(std::move(fd)),
      local_(local),
      index_(index),
      runs_(std::make_unique<Outgoing>()),
      segments_(std::make_unique<Outgoing>()) {}
UdpSocket::UdpSocket(UdpSocket&&) noexcept = default;
UdpSocket& UdpSocket::operator=(UdpSocket&&) noexcept = default;
UdpSocket::~UdpSocket() = default;

Result<UdpSocket> UdpSocket::Bind(const SocketAddress& local, SocketIndex index) {
  const SystemAddress address = ToSystem(local);
  const bool v4 = local.ip.is_v4();
  FileDescriptor fd(
      socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP));
  if (!fd.valid()) return BindError(local, errno);
  Configure(fd.get(), v4);
  if (bind(fd.get(), address.get(), address.size) != 0) return BindError(local, errno);
  SystemAddress bound;
  bound.size = sizeof(bound.storage);
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound.storage), &bound.size);
  return UdpSocket(std::move(fd), FromSystem(bound.get(), bound.size).value_or(local), index);
}

std::span<const ReceivedDatagram> UdpSocket::Receive(Instant now, ReceiveBuffer& buffer) {
  ReceiveBuffer::Messages& m = *buffer.messages_;
  m.received.clear();
  m.used = 0;
  while (m.used + kReceiveBatch <= kReceiveMax) {
    if (ReceiveSome(now, buffer) < kReceiveBatch) break;
  }
  return m.received;
}

size_t UdpSocket::ReceiveSome(Instant now, ReceiveBuffer& buffer) {
  ReceiveBuffer::Messages& m = *buffer.messages_;
  const auto bytes = std::span(m.bytes).subspan(m.used, kReceiveBatch);
  for (size_t i = 0; i < kReceiveBatch; ++i) {
    m.vectors[i] = {bytes[i].data(), bytes[i].size()};
    m.headers[i] = {};
    m.headers[i].msg_hdr.msg_name = &m.names[i];
    m.headers[i].msg_hdr.msg_namelen = sizeof(m.names[i]);
    m.headers[i].msg_hdr.msg_iov = &m.vectors[i];
    m.headers[i].msg_hdr.msg_iovlen = 1;
  }
  const int count = recvmmsg(fd_.get(), m.headers.data(), kReceiveBatch, MSG_DONTWAIT, nullptr);
  const auto came = static_cast<size_t>(std::max(count, 0));
  m.used += came;
  for (size_t i = 0; i < came; ++i) {
    const msghdr& header = m.headers[i].msg_hdr;
    const auto remote =
        FromSystem(reinterpret_cast<const sockaddr*>(&m.names[i]), header.msg_namelen);
    if ((header.msg_flags & MSG_TRUNC) != 0 || !remote) {
      ++stats_.dropped_too_large;
      continue;
    }
    ++stats_.received;
    m.received.push_back({now, {index_, *remote}, {bytes[i].data(), m.headers[i].msg_len}});
  }
  return came;
}

void UdpSocket::Send(const SendBatch& batch) {
  for (const SendRun& run : batch.runs()) {
    if (run.path.socket == index_) AddRun(batch, run);
  }
  Flush(batch, *runs_);
}

void UdpSocket::AddRun(const SendBatch& batch, const SendRun& run) {
  if (!gso_) return AddSegments(*runs_, batch, run);
  if (runs_->full()) Flush(batch, *runs_);
  runs_->Add(run, batch.bytes(run));
}

void UdpSocket::AddSegments(Outgoing& out, const SendBatch& batch, const SendRun& run) {
  std::span<const uint8_t> rest = batch.bytes(run);
  while (!rest.empty()) {
    if (out.full()) Flush(batch, out);
    const size_t size = std::min<size_t>(rest.size(), run.segment_bytes);
    out.Add(run, rest.first(size));
    rest = rest.subspan(size);
  }
}

void UdpSocket::Flush(const SendBatch& batch, Outgoing& out) {
  size_t next = 0;
  while (next < out.count) {
    const auto count = static_cast<unsigned>(out.count - next);
    const int sent = sendmmsg(fd_.get(), &out.headers[next], count, MSG_DONTWAIT);
    if (sent <= 0) {
      next += OnRefused(batch, out, next, errno);
      continue;
    }
    for (const size_t end = next + static_cast<size_t>(sent); next < end; ++next) {
      stats_.sent += out.datagrams[next];
    }
  }
  out.count = 0;
}

size_t UdpSocket::OnRefused(const SendBatch& batch, Outgoing& out, size_t index, int error) {
  if (error == EINTR) return 0;
  if (error == EAGAIN || error == ENOBUFS) {
    for (size_t i = index; i < out.count; ++i) stats_.dropped_buffer_full += out.datagrams[i];
    return out.count - index;
  }
  if ((error == EINVAL || error == EIO) && out.datagrams[index] > 1) {
    ++stats_.gso_refused;
    // EIO: the device cannot checksum, so no later run would be taken either. EINVAL may be about
    // this run alone (its segments exceed the route's MTU).
    if (error == EIO) gso_ = false;
    AddSegments(*segments_, batch, *out.runs[index]);
    Flush(batch, *segments_);
    return 1;
  }
  stats_.dropped_refused += out.datagrams[index];
  return 1;
}

}  // namespace conclave::io
