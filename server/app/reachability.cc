#include "app/reachability.h"

#include <algorithm>

#include "base/check.h"

namespace conclave::app {
namespace {

bool Covers(const Config& config, const IpAddress& ip) {
  constexpr IpAddress kAnyV4 = IpAddress::V4(0, 0, 0, 0);
  constexpr IpAddress kAnyV6 = IpAddress::V6({});
  return config.listen.empty() ||
         std::any_of(config.listen.begin(), config.listen.end(), [&](const IpAddress& listened) {
           return listened == ip || listened == (ip.is_v4() ? kAnyV4 : kAnyV6);
         });
}

std::string HttpsLink(const IpAddress& ip, uint16_t port) {
  const std::string host = ip.is_v4() ? ip.ToString() : "[" + ip.ToString() + "]";
  return "https://" + host + ":" + std::to_string(port) + "/";
}

}  // namespace

std::vector<std::string> MakeLinks(const Config& config, const std::vector<IpAddress>& local,
                                   uint16_t port) {
  std::vector<std::string> links;
  const auto listened = [&](const IpAddress& ip) { return Covers(config, ip); };
  if (std::any_of(local.begin(), local.end(),
                  [&](const IpAddress& ip) { return ip.is_loopback() && listened(ip); })) {
    links.push_back("http://localhost:" + std::to_string(port) + "/");
  }
  for (const IpAddress& ip : config.public_addresses) links.push_back(HttpsLink(ip, port));
  for (const IpAddress& ip : local) {
    if (!ip.is_loopback() && listened(ip)) links.push_back(HttpsLink(ip, port));
  }
  return links;
}

std::vector<SocketAddress> Candidates(const std::vector<IpAddress>& public_addresses,
                                      const std::vector<SocketAddress>& bound) {
  CHECK(!bound.empty());
  std::vector<SocketAddress> candidates;
  for (const IpAddress& ip : public_addresses) {
    candidates.push_back({ip, bound.front().port});
  }
  for (const SocketAddress& address : bound) {
    if (std::find(candidates.begin(), candidates.end(), address) == candidates.end()) {
      candidates.push_back(address);
    }
  }
  return candidates;
}

}  // namespace conclave::app
