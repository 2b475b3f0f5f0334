#include "tests/load/udp_port.h"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <optional>

#include "io/system_address.h"

namespace conclave::load {
namespace {

constexpr size_t kMessages = 8;
// A GRO message is as large as a UDP datagram can be.
constexpr size_t kMessageBytes = 65536;
constexpr size_t kControlBytes = CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(timespec));
// A second of three megabits.
constexpr int kReceiveBufferBytes = 1 << 20;
constexpr size_t kSendMessages = 16;
constexpr size_t kSegmentsMax = 64;
constexpr size_t kRunBytesMax = 65000;

void SetOption(int fd, int level, int name, int value) {
  // An old kernel without one of them costs more time, no correctness.
  (void)setsockopt(fd, level, name, &value, sizeof(value));
}

struct Control {
  size_t segment_bytes = 0;
  std::optional<Instant> wall_time;
};

Control ReadControl(msghdr& header) {
  Control control;
  for (cmsghdr* m = CMSG_FIRSTHDR(&header); m != nullptr; m = CMSG_NXTHDR(&header, m)) {
    if (m->cmsg_level == IPPROTO_UDP && m->cmsg_type == UDP_GRO) {
      int size = 0;
      std::memcpy(&size, CMSG_DATA(m), sizeof(size));
      control.segment_bytes = static_cast<size_t>(std::max(size, 0));
    } else if (m->cmsg_level == SOL_SOCKET && m->cmsg_type == SCM_TIMESTAMPNS) {
      timespec time;
      std::memcpy(&time, CMSG_DATA(m), sizeof(time));
      control.wall_time =
          Instant::FromMicros(int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000);
    }
  }
  return control;
}

}  // namespace

struct ReceiveArena::Messages {
  std::array<mmsghdr, kMessages> headers;
  std::array<iovec, kMessages> vectors;
  alignas(cmsghdr) std::array<std::array<char, kControlBytes>, kMessages> control;
  std::vector<uint8_t> bytes = std::vector<uint8_t>(kMessages * kMessageBytes);
  std::vector<Arrived> arrived;
};

ReceiveArena::ReceiveArena() : messages_(std::make_unique<Messages>()) {
  messages_->arrived.reserve(kMessages * kSegmentsMax);
}
ReceiveArena::~ReceiveArena() = default;

void Outgoing::Append(std::span<const uint8_t> datagram) {
  const auto at = Prepare();
  if (datagram.empty() || datagram.size() > at.size()) return;
  std::copy(datagram.begin(), datagram.end(), at.begin());
  Commit(datagram.size());
}

Result<UdpPort> UdpPort::Connect(const SocketAddress& remote) {
  const io::SystemAddress system = io::ToSystem(remote);
  io::FileDescriptor fd(
      socket(system.get()->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP));
  if (!fd.valid()) return Error{std::string("no UDP socket: ") + std::strerror(errno)};
  if (setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBufferBytes, sizeof(int)) != 0) {
    SetOption(fd.get(), SOL_SOCKET, SO_RCVBUF, kReceiveBufferBytes);
  }
  SetOption(fd.get(), IPPROTO_UDP, UDP_GRO, 1);
  SetOption(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, 1);
  if (connect(fd.get(), system.get(), system.size) != 0) {
    return Error{"cannot reach the server's media port: " + std::string(std::strerror(errno))};
  }
  return UdpPort(std::move(fd));
}

std::span<const Arrived> UdpPort::Receive(Instant now, Duration wall_offset, ReceiveArena& arena) {
  ReceiveArena::Messages& m = *arena.messages_;
  for (size_t i = 0; i < kMessages; ++i) {
    m.vectors[i] = {m.bytes.data() + i * kMessageBytes, kMessageBytes};
    m.headers[i] = {};
    m.headers[i].msg_hdr.msg_iov = &m.vectors[i];
    m.headers[i].msg_hdr.msg_iovlen = 1;
    m.headers[i].msg_hdr.msg_control = m.control[i].data();
    m.headers[i].msg_hdr.msg_controllen = kControlBytes;
  }
  m.arrived.clear();
  const int count = recvmmsg(fd(), m.headers.data(), kMessages, MSG_DONTWAIT, nullptr);
  for (size_t i = 0; i < static_cast<size_t>(std::max(count, 0)); ++i) {
    const Control control = ReadControl(m.headers[i].msg_hdr);
    const Instant at = control.wall_time ? std::min(now, *control.wall_time - wall_offset) : now;
    std::span<uint8_t> rest(m.bytes.data() + i * kMessageBytes, m.headers[i].msg_len);
    const size_t segment = control.segment_bytes == 0 ? rest.size() : control.segment_bytes;
    while (!rest.empty()) {
      const size_t size = std::min(segment, rest.size());
      m.arrived.push_back({at, rest.first(size)});
      rest = rest.subspan(size);
    }
  }
  return m.arrived;
}

namespace {

// Runs of equal datagrams, each one message of sendmmsg.
struct Runs {
  std::array<mmsghdr, kSendMessages> headers;
  std::array<iovec, kSendMessages> vectors;
  alignas(
      cmsghdr) std::array<std::array<char, CMSG_SPACE(sizeof(uint16_t))>, kSendMessages> control;
  size_t count = 0;

  void Add(const uint8_t* data, size_t size_bytes, size_t segment_bytes) {
    vectors[count] = {const_cast<uint8_t*>(data), size_bytes};
    headers[count] = {};
    msghdr& header = headers[count].msg_hdr;
    header.msg_iov = &vectors[count];
    header.msg_iovlen = 1;
    if (size_bytes > segment_bytes) {
      header.msg_control = control[count].data();
      header.msg_controllen = control[count].size();
      cmsghdr* message = CMSG_FIRSTHDR(&header);
      message->cmsg_level = IPPROTO_UDP;
      message->cmsg_type = UDP_SEGMENT;
      message->cmsg_len = CMSG_LEN(sizeof(uint16_t));
      const auto segment = static_cast<uint16_t>(segment_bytes);
      std::memcpy(CMSG_DATA(message), &segment, sizeof(segment));
    }
    ++count;
  }
};

}  // namespace

void UdpPort::Send(const Outgoing& out) {
  const auto sizes = out.sizes();
  const uint8_t* data = out.data();
  for (size_t next = 0; next < sizes.size();) {
    Runs runs;
    while (next < sizes.size() && runs.count < kSendMessages) {
      const size_t segment = sizes[next];
      size_t end = next + 1;
      size_t bytes = segment;
      while (end < sizes.size() && sizes[end - 1] == segment && sizes[end] <= segment &&
             end - next < kSegmentsMax && bytes + sizes[end] <= kRunBytesMax) {
        bytes += sizes[end++];
      }
      runs.Add(data, bytes, segment);
      data += bytes;
      next = end;
    }
    size_t sent = 0;
    while (sent < runs.count) {
      const int taken = sendmmsg(fd(), &runs.headers[sent],
                                 static_cast<unsigned>(runs.count - sent), MSG_DONTWAIT);
      if (taken < 0 && errno == EINTR) continue;
      // What a refused first message was is skipped; the others get their turn.
      if (taken <= 0) ++send_failures_;
      sent += static_cast<size_t>(std::max(taken, 1));
    }
  }
}

uint64_t UdpPort::receive_overflows() const {
  std::array<uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t size = sizeof(info);
  if (getsockopt(fd(), SOL_SOCKET, SO_MEMINFO, info.data(), &size) != 0) return 0;
  return info[SK_MEMINFO_DROPS];
}

}  // namespace conclave::load
