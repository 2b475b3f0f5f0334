// The addresses of this machine at which clients can reach it.
#pragma once

#include <vector>

#include "base/socket_address.h"

namespace conclave::io {

// A shard has one socket per address (decisions 29); SocketIndex counts them in eight bits.
inline constexpr size_t kMaxLocalAddresses = 32;

// The addresses of all interfaces that are up: IPv4 before IPv6, loopback last (it serves clients
// on this machine), no link-local ones (they need a zone, which candidates do not carry). At most
// kMaxLocalAddresses. Never empty: 127.0.0.1 where nothing else is known.
std::vector<IpAddress> LocalAddresses();

// The order and limits of LocalAddresses, applied to any list. Drops duplicates.
std::vector<IpAddress> OrderLocalAddresses(std::vector<IpAddress> addresses);

}  // namespace conclave::io
