#include "io/local_addresses.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <tuple>

#include "io/system_address.h"

namespace conclave::io {
namespace {

socklen_t SizeOf(const sockaddr& address) {
  return address.sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

}  // namespace

std::vector<IpAddress> OrderLocalAddresses(std::vector<IpAddress> addresses) {
  std::erase_if(addresses, [](const IpAddress& ip) { return ip.is_link_local(); });
  const auto rank = [](const IpAddress& ip) { return std::tuple(ip.is_loopback(), !ip.is_v4()); };
  std::stable_sort(addresses.begin(), addresses.end(),
                   [&](const IpAddress& a, const IpAddress& b) { return rank(a) < rank(b); });
  std::vector<IpAddress> out;
  for (const IpAddress& ip : addresses) {
    if (out.size() == kMaxLocalAddresses) break;
    if (std::find(out.begin(), out.end(), ip) == out.end()) out.push_back(ip);
  }
  if (out.empty()) out.push_back(IpAddress::V4(127, 0, 0, 1));
  return out;
}

std::vector<IpAddress> LocalAddresses() {
  std::vector<IpAddress> found;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) == 0) {
    for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
      if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
      const auto address = FromSystem(entry->ifa_addr, SizeOf(*entry->ifa_addr));
      if (address) found.push_back(address->ip);
    }
    freeifaddrs(list);
  }
  return OrderLocalAddresses(std::move(found));
}

}  // namespace conclave::io
