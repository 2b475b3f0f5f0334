// Conversion between SocketAddress and the kernel's sockaddr. Internal to io/.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "base/socket_address.h"

namespace conclave::io {

struct SystemAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// AF_INET for a v4-mapped address, otherwise AF_INET6.
SystemAddress ToSystem(const SocketAddress& address);
// Nothing for families other than AF_INET and AF_INET6, or when `size` is too small for its family.
std::optional<SocketAddress> FromSystem(const sockaddr* address, socklen_t size);

}  // namespace conclave::io
