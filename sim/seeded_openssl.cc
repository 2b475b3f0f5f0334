// The way around it, a provider with a DRBG of its own, is a hundred lines for the same.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "sim/seeded_openssl.h"

#include <openssl/rand.h>

#include <cstddef>

#include "base/check.h"
#include "base/random.h"

namespace conclave::sim {
namespace {

// OpenSSL's functions take no context.
SeededRandom& Source() {
  static SeededRandom source(0);
  return source;
}

int Draw(unsigned char* out, int size) {
  Source().Fill({out, static_cast<size_t>(size)});
  return 1;
}

int Ready() { return 1; }

}  // namespace

void SeedOpenSsl(uint64_t seed) {
  static constexpr RAND_METHOD kSeeded = {.seed = nullptr,
                                          .bytes = Draw,
                                          .cleanup = nullptr,
                                          .add = nullptr,
                                          .pseudorand = Draw,
                                          .status = Ready};
  Source() = SeededRandom(seed);
  CHECK(RAND_set_rand_method(&kSeeded) == 1);
}

}  // namespace conclave::sim
