// Where a client comes from, as coarse as a ban needs it.
#pragma once

#include <array>
#include <optional>

#include "base/socket_address.h"

namespace conclave::signal {

// An IPv4 address; of an IPv6 address the /64, which is what one home or machine has. Nothing for
// this machine itself: a reverse proxy stands for everybody. Kept in memory only, never logged.
inline std::optional<IpAddress> NetworkOf(const IpAddress& address) {
  if (address.is_loopback()) return std::nullopt;
  if (address.is_v4()) return address;
  std::array<uint8_t, 16> bytes = address.bytes();
  for (size_t i = 8; i < bytes.size(); ++i) bytes[i] = 0;
  return IpAddress::V6(bytes);
}

}  // namespace conclave::signal
