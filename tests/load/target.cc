#include <charconv>

#include "tests/load/settings.h"

namespace conclave::load {
namespace {

constexpr uint16_t kHttpsPort = 443;
constexpr uint16_t kHttpPort = 80;

}  // namespace

Result<Target> ParseTarget(const std::string& url) {
  Target target;
  const size_t scheme_end = url.find("://");
  const std::string scheme = url.substr(0, scheme_end);
  if (scheme_end == std::string::npos ||
      (scheme != "http" && scheme != "https" && scheme != "ws" && scheme != "wss")) {
    return Error{"the address begins with http:// or https://: \"" + url + "\""};
  }
  target.tls = scheme == "https" || scheme == "wss";
  const std::string rest = url.substr(scheme_end + 3);
  const size_t path = rest.find('/');
  std::string authority = rest.substr(0, path);
  target.room = path == std::string::npos ? "" : rest.substr(path + 1);
  target.room = target.room.substr(0, target.room.find_first_of("?#"));
  if (target.room.empty()) target.room = "open/load";
  target.port = target.tls ? kHttpsPort : kHttpPort;
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.rfind(':');
  if (colon != std::string::npos && (bracket == std::string::npos || colon > bracket)) {
    const char* begin = authority.data() + colon + 1;
    const char* end = authority.data() + authority.size();
    const auto parsed = std::from_chars(begin, end, target.port);
    if (parsed.ec != std::errc() || parsed.ptr != end) return Error{"a port is missing in " + url};
    authority.resize(colon);
  }
  if (authority.starts_with('[')) authority = authority.substr(1, authority.size() - 2);
  if (authority.empty()) return Error{"no host in \"" + url + "\""};
  target.host = authority;
  return target;
}

}  // namespace conclave::load
