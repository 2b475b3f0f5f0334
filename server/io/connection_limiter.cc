#include "io/connection_limiter.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace conclave::io {
namespace {

IpAddress Subscriber(const IpAddress& ip) {
  if (ip.is_v4()) return ip;
  std::array<uint8_t, 16> prefix = ip.bytes();
  std::fill(prefix.begin() + 8, prefix.end(), uint8_t{0});
  return IpAddress::V6(prefix);
}

}  // namespace

bool ConnectionLimiter::Acquire(const IpAddress& peer) {
  if (total_ >= total_max_) return false;
  size_t& count = counts_[Subscriber(peer)];
  if (!peer.is_loopback() && count >= per_address_max_) return false;
  ++count;
  ++total_;
  return true;
}

void ConnectionLimiter::Release(const IpAddress& peer) {
  const auto it = counts_.find(Subscriber(peer));
  CHECK(it != counts_.end());
  --total_;
  if (--it->second == 0) counts_.erase(it);
}

bool ConnectionLimiter::IsCrowded(const IpAddress& peer) const {
  if (peer.is_loopback()) return false;
  const auto it = counts_.find(Subscriber(peer));
  return it != counts_.end() && it->second > per_address_max_ / 2;
}

}  // namespace conclave::io
