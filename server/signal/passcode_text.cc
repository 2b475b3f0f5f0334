#include "signal/passcode_text.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace conclave::signal {
namespace {

// Argon2 version 1.3 and what passcode.cc stretches with; passcode_text_test.cc holds the two
// together.
constexpr std::string_view kPrefix = "$argon2id$v=19$m=19456,t=2,p=1$";

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr size_t EncodedSize(size_t bytes) { return (bytes * 8 + 5) / 6; }

// False for what is not exactly `out`: other digits, another length, bits behind the last byte.
bool Decode(std::string_view text, std::span<uint8_t> out) {
  if (text.size() != EncodedSize(out.size())) return false;
  uint32_t bits = 0;
  size_t count = 0;
  size_t filled = 0;
  for (const char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return false;
    bits = (bits << 6 | static_cast<uint32_t>(digit)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out[filled++] = static_cast<uint8_t>(bits >> count);
  }
  return (bits & ((1U << count) - 1)) == 0;
}

std::string Encode(std::span<const uint8_t> bytes) {
  std::string out;
  uint32_t bits = 0;
  size_t count = 0;
  for (const uint8_t byte : bytes) {
    bits = (bits << 8 | byte) & 0xffff;
    for (count += 8; count >= 6; count -= 6) out += kDigits[bits >> (count - 6) & 63];
  }
  if (count > 0) out += kDigits[bits << (6 - count) & 63];
  return out;
}

}  // namespace

Result<Passcode> ParsePasscode(std::string_view text) {
  // Not the text itself: it may be the passcode.
  const Error error{
      "is no hash of a passcode as this server makes them; get one by conclave --hash-passcode"};
  if (!text.starts_with(kPrefix)) return error;
  text.remove_prefix(kPrefix.size());
  const size_t dollar = text.find('$');
  if (dollar == std::string_view::npos) return error;
  Passcode out;
  const bool good =
      Decode(text.substr(0, dollar), out.salt) && Decode(text.substr(dollar + 1), out.key);
  if (!good) return error;
  return out;
}

std::string ToText(const Passcode& passcode) {
  return std::string(kPrefix) + Encode(passcode.salt) + "$" + Encode(passcode.key);
}

}  // namespace conclave::signal
