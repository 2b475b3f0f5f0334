#include "signal/passcode.h"

#include <argon2.h>

#include <cstddef>

namespace conclave::signal {
namespace {

// RFC 9106 section 4 asks for as much as is affordable; these are OWASP's for a server that many
// ask (Password Storage Cheat Sheet: Argon2id, m=19456, t=2, p=1).
constexpr uint32_t kMemoryKib = 19456;
constexpr uint32_t kPasses = 2;
// No thread of its own.
constexpr uint32_t kLanes = 1;

}  // namespace

std::optional<PasscodeKey> Stretch(std::string_view passcode, const PasscodeSalt& salt) {
  PasscodeKey key;
  const int status =
      argon2id_hash_raw(kPasses, kMemoryKib, kLanes, passcode.data(), passcode.size(), salt.data(),
                        salt.size(), key.data(), key.size());
  if (status != ARGON2_OK) return std::nullopt;
  return key;
}

bool IsSame(const PasscodeKey& a, const PasscodeKey& b) {
  // Volatile keeps the compiler from leaving the loop early.
  volatile uint8_t difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<uint8_t>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

}  // namespace conclave::signal
