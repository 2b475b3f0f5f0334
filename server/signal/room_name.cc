#include "signal/room_name.h"

#include <algorithm>

#include "signal/limits.h"

namespace conclave::signal {
namespace {

constexpr std::string_view kOpenPrefix = "open/";
constexpr std::string_view kEncryptedPrefix = "r/";

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
  if (address.starts_with("n/")) {
    return RoomNameRefusal{RoomNameError::kModeUnsupported,
                           "this server has no encrypted rooms with typed names yet; it refuses "
                           "n/ links rather than carry them without encryption"};
  }
  const bool open = address.starts_with(kOpenPrefix);
  if (!open && !address.starts_with(kEncryptedPrefix)) {
    return Invalid("room name: must begin with open/ or r/");
  }
  const std::string_view name = address.substr(address.find('/') + 1);
  if (name.empty()) return Invalid("room name: nothing after its mode");
  if (name == "." || name == "..") return Invalid("room name: a dot segment");
  if (!std::all_of(name.begin(), name.end(), IsUnreserved)) {
    return Invalid("room name: only ASCII letters, digits and - _ . ~");
  }
  std::string out(address);
  // An encrypted room's name is random, and part of its members' proofs.
  if (open) std::transform(out.begin(), out.end(), out.begin(), Lower);
  return out;
}

}  // namespace conclave::signal
