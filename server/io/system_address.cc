#include "io/system_address.h"

#include <arpa/inet.h>

#include <array>
#include <cstring>

namespace conclave::io {

SystemAddress ToSystem(const SocketAddress& address) {
  SystemAddress out;
  const auto& bytes = address.ip.bytes();
  if (address.ip.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, bytes.data() + 12, 4);
    std::memcpy(&out.storage, &v4, sizeof(v4));
    out.size = sizeof(v4);
    return out;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(address.port);
  std::memcpy(&v6.sin6_addr, bytes.data(), 16);
  std::memcpy(&out.storage, &v6, sizeof(v6));
  out.size = sizeof(v6);
  return out;
}

std::optional<SocketAddress> FromSystem(const sockaddr* address, socklen_t size) {
  if (address == nullptr || size < sizeof(sa_family_t)) return std::nullopt;
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof(v4));
    std::array<uint8_t, 4> b;
    std::memcpy(b.data(), &v4.sin_addr, 4);
    return SocketAddress{IpAddress::V4(b[0], b[1], b[2], b[3]), ntohs(v4.sin_port)};
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof(v6));
    std::array<uint8_t, 16> b;
    std::memcpy(b.data(), &v6.sin6_addr, 16);
    return SocketAddress{IpAddress::V6(b), ntohs(v6.sin6_port)};
  }
  return std::nullopt;
}

}  // namespace conclave::io
