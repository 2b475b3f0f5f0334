#include "signal/room_name.h"

#include <algorithm>

#include "signal/limits.h"

namespace conclave::signal {
namespace {

constexpr std::string_view kOpenPrefix = "open/";
constexpr std::string_view kNamedPrefix = "n/";
constexpr std::string_view kLinkPrefix = "r/";

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// "%XX" of a byte above 127 at the start: anything else could be written unescaped, or does not
// belong into a name.
bool StartsWithEscape(std::string_view text) {
  return text.size() >= 3 && text[0] == '%' && IsHex(text[1]) && IsHex(text[2]) &&
         !(text[1] >= '0' && text[1] <= '7');
}

bool IsSpelledWell(std::string_view name, bool may_escape) {
  while (!name.empty()) {
    if (may_escape && StartsWithEscape(name)) {
      name.remove_prefix(3);
    } else if (IsUnreserved(name.front())) {
      name.remove_prefix(1);
    } else {
      return false;
    }
  }
  return true;
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Result<std::string> ParseRoomName(std::string_view address) {
  if (address.size() > kRoomNameBytesMax) {
    return Error{"room name: " + std::to_string(address.size()) + " of at most " +
                 std::to_string(kRoomNameBytesMax) + " bytes"};
  }
  const bool typed = address.starts_with(kOpenPrefix) || address.starts_with(kNamedPrefix);
  if (!typed && !address.starts_with(kLinkPrefix)) {
    return Error{"room name: must begin with open/, n/ or r/"};
  }
  const std::string_view name = address.substr(address.find('/') + 1);
  if (name.empty()) return Error{"room name: nothing after its mode"};
  if (name == "." || name == "..") return Error{"room name: a dot segment"};
  if (!IsSpelledWell(name, typed)) {
    return Error{"room name: only ASCII letters, digits and - _ . ~, others escaped"};
  }
  std::string out(address);
  // What is behind a link's secret is random, and part of its members' proofs.
  if (typed) std::transform(out.begin(), out.end(), out.begin(), Lower);
  return out;
}

}  // namespace conclave::signal
