// A passcode as whoever runs the server writes it into the configuration: what libargon2 calls
// encoded, "$argon2id$v=19$m=19456,t=2,p=1$SALT$KEY" with both in base64 without padding (RFC 4648
// section 4). So Debian's argon2 makes one, and so does conclave --hash-passcode.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "signal/passcode.h"

namespace conclave::signal {

// Fails for other parameters than Stretch's, too: the keys would never be the same.
Result<Passcode> ParsePasscode(std::string_view text);
std::string ToText(const Passcode& passcode);

}  // namespace conclave::signal
