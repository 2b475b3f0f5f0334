// What `conclave --hash-passcode` does: makes of a passcode what the option `passcode` takes.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace conclave::app {

// Fails for none, and for one that no client could send (conference::kPasscodeBytesMax).
Result<std::string> HashPasscode(std::string_view passcode, Random& random);

// The first line of the standard input; on a terminal it asks for it, and shows nothing of it.
std::string ReadPasscode();

}  // namespace conclave::app
