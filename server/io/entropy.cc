#include "io/entropy.h"

#include <sys/random.h>

#include <cerrno>

#include "base/check.h"

namespace conclave::io {

void KernelRandom::Fill(std::span<uint8_t> out) {
  while (!out.empty()) {
    const ssize_t count = getrandom(out.data(), out.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    // Without randomness no secret can be made, and none must be guessed: there is no way on.
    CHECK(count > 0);
    out = out.subspan(static_cast<size_t>(count));
  }
}

}  // namespace conclave::io
