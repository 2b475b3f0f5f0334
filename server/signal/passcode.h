// A room's passcode as the server keeps it: stretched by Argon2id (RFC 9106), so that who reads the
// server's memory has to guess. It opens the door of the room; it is no key to anything sealed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace conclave::signal {

using PasscodeSalt = std::array<uint8_t, 16>;
using PasscodeKey = std::array<uint8_t, 32>;

struct Passcode {
  PasscodeSalt salt{};
  PasscodeKey key{};
};

// A pure function that takes some 30 ms and 19 MiB: nothing for the thread that serves clients.
// Fails without that memory.
std::optional<PasscodeKey> Stretch(std::string_view passcode, const PasscodeSalt& salt);

// In a time that does not depend on where the two differ.
bool IsSame(const PasscodeKey& a, const PasscodeKey& b);

}  // namespace conclave::signal
