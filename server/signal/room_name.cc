#include "signal/room_name.h"

#include <algorithm>

#include "signal/limits.h"

namespace conclave::signal {
namespace {

constexpr std::string_view kOpenPrefix = "open/";

RoomNameRefusal Invalid(std::string text) { return {RoomNameError::kInvalid, std::move(text)}; }

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::variant<std::string, RoomNameRefusal> ParseRoomName(std::string_view address) {
  if (address.size() > kRoomNameBytesMax) {
    return Invalid("room name: " + std::to_string(address.size()) + " of at most " +
                   std::to_string(kRoomNameBytesMax) + " bytes");
  }
  if (address.starts_with("r/") || address.starts_with("n/")) {
    return RoomNameRefusal{RoomNameError::kModeUnsupported,
                           "this server has no end-to-end encrypted rooms yet; it refuses " +
                               std::string(address.substr(0, 2)) +
                               " links rather than carry them without encryption"};
  }
  if (!address.starts_with(kOpenPrefix)) return Invalid("room name: must begin with open/");
  const std::string_view name = address.substr(kOpenPrefix.size());
  if (name.empty()) return Invalid("room name: nothing after open/");
  if (name == "." || name == "..") return Invalid("room name: a dot segment");
  if (!std::all_of(name.begin(), name.end(), IsUnreserved)) {
    return Invalid("room name: only ASCII letters, digits and - _ . ~");
  }
  std::string out(address);
  std::transform(out.begin(), out.end(), out.begin(), Lower);
  return out;
}

}  // namespace conclave::signal
