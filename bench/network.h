// Where the two sides of a benchmark have their sockets. Between network namespaces (bench/sink.sh)
// what is sent to a receiver ends at its interface's ingress, so that no receiver's work is charged
// to the sender; on loopback it ends at a full socket, and the kernel's receive path is counted.
#pragma once

#include <optional>
#include <string>

#include "io/file_descriptor.h"
#include "io/udp_socket.h"

namespace conclave::bench {

class Network {
 public:
  // Loopback.
  Network() = default;
  // The sender in the namespace of this process, receivers in the one at `path` (/run/netns/...).
  // Nothing where that cannot be entered.
  static std::optional<Network> Between(const std::string& path, const IpAddress& sender,
                                        const IpAddress& receivers);

  io::UdpSocket BindSender() const;
  // Nobody reads it: its buffer is small and soon full.
  io::UdpSocket BindReceiver() const;
  const char* name() const { return other_.valid() ? "ingress" : "loopback"; }

 private:
  io::FileDescriptor own_;
  io::FileDescriptor other_;
  IpAddress sender_ = IpAddress::V4(127, 0, 0, 1);
  IpAddress receivers_ = IpAddress::V4(127, 0, 0, 1);
};

}  // namespace conclave::bench
