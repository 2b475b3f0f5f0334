#include "tests/impair/namespace_socket.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace conclave::impair {
namespace {

int Enter(const std::string& path) {
  const int space = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (space < 0 || setns(space, CLONE_NEWNET) != 0) {
    std::fprintf(stderr, "impair: cannot enter %s: %s\n", path.c_str(), std::strerror(errno));
    std::exit(1);
  }
  return space;
}

}  // namespace

void InNamespace(const std::string& name, const std::function<void()>& open_sockets) {
  if (name.empty()) {
    open_sockets();
    return;
  }
  const int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  const int other = Enter("/run/netns/" + name);
  open_sockets();
  if (setns(own, CLONE_NEWNET) != 0) std::abort();
  close(other);
  close(own);
}

}  // namespace conclave::impair
