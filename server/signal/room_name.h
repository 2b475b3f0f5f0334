// The address of a room, as Join carries it: the page's path without its leading slash and without
// the fragment. The prefix alone decides the mode of encryption (decisions 1).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace conclave::signal {

// "open/", "n/" or "r/" and a name of 1 or more ASCII letters, digits, "-", "_", "." and "~" (what
// a URL's path carries unescaped, RFC 3986 section 2.3), and in names that are typed ("open/",
// "n/") also escaped bytes above 127 ("%C3%AB"); at most kRoomNameBytesMax in all, and not "." or
// "..", which browsers resolve away. Returns a typed name's in lower case: people write names as
// they hear them, so "n/Tea" and "n/tea" are one room. That of a link with a secret is as the link
// has it.
Result<std::string> ParseRoomName(std::string_view address);

}  // namespace conclave::signal
