#include "io/web_socket_policy.h"

#include <algorithm>

#include "io/http_server.h"

namespace conclave::io {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view WithoutSuffix(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

// The origin's host and port, without a port that is its scheme's default: how a Host header says
// it.
std::string_view HostOf(std::string_view origin) {
  if (origin.starts_with("https://")) return WithoutSuffix(origin.substr(8), ":443");
  if (origin.starts_with("http://")) return WithoutSuffix(origin.substr(7), ":80");
  return {};
}

bool IsAllowedOrigin(const UpgradeRequest& request, std::span<const std::string> allowed) {
  if (request.origin.empty()) return true;
  const std::string_view host = HostOf(request.origin);
  const std::string_view own =
      WithoutSuffix(request.host, request.origin.starts_with("https://") ? ":443" : ":80");
  if (!host.empty() && EqualIgnoringCase(host, own)) return true;
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& origin) {
    return EqualIgnoringCase(origin, request.origin);
  });
}

bool OffersProtocol(std::string_view protocols) {
  while (!protocols.empty()) {
    const size_t end = protocols.find(',');
    std::string_view item = protocols.substr(0, end);
    item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
    item = item.substr(0, item.find_last_not_of(" \t") + 1);
    if (item == kSignalProtocol) return true;
    protocols.remove_prefix(end == std::string_view::npos ? protocols.size() : end + 1);
  }
  return false;
}

}  // namespace

UpgradeVerdict JudgeUpgrade(const UpgradeRequest& request,
                            std::span<const std::string> allowed_origins) {
  if (request.target.substr(0, request.target.find('?')) != kSignalPath) {
    return UpgradeVerdict::kNotFound;
  }
  if (!IsAllowedOrigin(request, allowed_origins)) return UpgradeVerdict::kForeignOrigin;
  if (!OffersProtocol(request.protocols)) return UpgradeVerdict::kWrongProtocol;
  return UpgradeVerdict::kAccept;
}

IpAddress ClientAddress(const IpAddress& peer, std::string_view forwarded_for) {
  if (!peer.is_loopback()) return peer;
  const size_t comma = forwarded_for.find_last_of(',');
  std::string_view last =
      comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1);
  while (last.starts_with(' ')) last.remove_prefix(1);
  while (last.ends_with(' ')) last.remove_suffix(1);
  return IpAddress::Parse(last).value_or(peer);
}

}  // namespace conclave::io
