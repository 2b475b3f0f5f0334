// How many connections one address may hold that have not spoken our protocol yet, so that a flood
// of half-open ones from one place does not take the server from everybody else.
#pragma once

#include <cstddef>
#include <unordered_map>

#include "base/socket_address.h"

namespace conclave::io {

class ConnectionLimiter {
 public:
  ConnectionLimiter(size_t total_max, size_t per_address_max)
      : total_max_(total_max), per_address_max_(per_address_max) {}

  // Counts one more unless a limit forbids it. IPv6 peers count by their /64, which is what one
  // subscriber holds. Loopback has no limit of its own: a reverse proxy there is many people.
  bool Acquire(const IpAddress& peer);
  void Release(const IpAddress& peer);
  // More than half of the address's limit is taken: idle connections should not be kept for it.
  bool IsCrowded(const IpAddress& peer) const;
  size_t total() const { return total_; }

 private:
  struct Hash {
    size_t operator()(const IpAddress& ip) const noexcept {
      return SocketAddressHash{}(SocketAddress{ip, 0});
    }
  };
  const size_t total_max_;
  const size_t per_address_max_;
  size_t total_ = 0;
  // Holds no zero counts, so it is never larger than total_.
  std::unordered_map<IpAddress, size_t, Hash> counts_;
};

}  // namespace conclave::io
