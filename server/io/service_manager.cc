#include "io/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "io/file_descriptor.h"

namespace conclave::io {
namespace {

std::optional<int64_t> NumberFromEnvironment(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), value);
  if (error != std::errc() || *end != '\0') return std::nullopt;
  return value;
}

}  // namespace

void NotifyServiceManager(std::string_view state) {
  const char* name = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const size_t length = name == nullptr ? 0 : std::strlen(name);
  if (length < 2 || length >= sizeof(address.sun_path)) return;
  std::copy_n(name, length, address.sun_path);
  // "@name" is the abstract namespace (unix(7)).
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const FileDescriptor fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // A manager that does not listen is its own loss.
  (void)sendto(fd.get(), state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
               reinterpret_cast<const sockaddr*>(&address),
               static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length));
}

Duration WatchdogInterval() {
  const auto limit_us = NumberFromEnvironment("WATCHDOG_USEC");
  const auto watched = NumberFromEnvironment("WATCHDOG_PID");
  if (!limit_us || *limit_us <= 0 || (watched && *watched != getpid())) {
    return Duration::Infinite();
  }
  return Duration::Micros(*limit_us / 2);
}

}  // namespace conclave::io
