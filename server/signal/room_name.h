// The address of a room, as Join carries it: the page's path without its leading slash and without
// the fragment. The prefix alone decides the mode of encryption (decisions 1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace conclave::signal {

enum class RoomNameError : uint8_t {
  // Not an address of a room.
  kInvalid,
  // "n/...": encrypted, with admission by moderators, which this server cannot carry yet. It
  // refuses
  // rather than let anybody believe that a meeting is encrypted.
  kModeUnsupported,
};

struct RoomNameRefusal {
  RoomNameError why = RoomNameError::kInvalid;
  std::string text;
};

// "open/" or "r/" and a name of 1 or more ASCII letters, digits, "-", "_", "." and "~" (what a
// URL's path carries unescaped, RFC 3986 section 2.3), at most kRoomNameBytesMax in all, and not
// "." or "..", which browsers resolve away. Returns an open room's in lower case: people type names
// as they hear them, so "open/Tea" and "open/tea" are one room. An encrypted room's is as its link
// has it.
std::variant<std::string, RoomNameRefusal> ParseRoomName(std::string_view address);

}  // namespace conclave::signal
