#include "bench/network.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>

#include <utility>

#include "base/check.h"

namespace conclave::bench {
namespace {

io::UdpSocket Bind(const IpAddress& address) {
  auto socket = io::UdpSocket::Bind({address, 0}, 0);
  CHECK(socket.has_value());
  return std::move(*socket);
}

}  // namespace

std::optional<Network> Network::Between(const std::string& path, const IpAddress& sender,
                                        const IpAddress& receivers) {
  Network network;
  network.own_ = io::FileDescriptor(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  network.other_ = io::FileDescriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!network.own_.valid() || !network.other_.valid()) return std::nullopt;
  network.sender_ = sender;
  network.receivers_ = receivers;
  return network;
}

io::UdpSocket Network::BindSender() const { return Bind(sender_); }

io::UdpSocket Network::BindReceiver() const {
  // A socket stays in the namespace in which it was made.
  if (other_.valid()) CHECK(setns(other_.get(), CLONE_NEWNET) == 0);
  io::UdpSocket socket = Bind(receivers_);
  if (other_.valid()) CHECK(setns(own_.get(), CLONE_NEWNET) == 0);
  const int bytes = 4096;
  CHECK(setsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)) == 0);
  return socket;
}

}  // namespace conclave::bench
