#include "wire/rtp_extensions.h"

#include <algorithm>

namespace conclave::wire {
namespace {

// RFC 8866 section 9: token-char.
bool IsTokenChar(uint8_t c) {
  if (c <= 0x20 || c >= 0x7f) return false;
  return std::string_view("\"(),/:;<=>?@[\\]").find(static_cast<char>(c)) == std::string_view::npos;
}

}  // namespace

std::optional<AudioLevelValue> ParseAudioLevel(ExtensionValue value) {
  // RFC 6464 section 3: in the two-byte form a sender may pad the value, so only a minimum is
  // asked.
  if (value.empty()) return std::nullopt;
  return AudioLevelValue{(value[0] & 0x80) != 0, static_cast<uint8_t>(value[0] & 0x7f)};
}

std::array<uint8_t, 1> EncodeAudioLevel(AudioLevelValue level) {
  return {static_cast<uint8_t>((level.voice ? 0x80 : 0) | std::min<uint8_t>(level.level, 127))};
}

std::optional<uint16_t> ParseTransportSequence(ExtensionValue value) {
  // Version 2 of the extension appends a feedback request of two bytes.
  if (value.size() != 2 && value.size() != 4) return std::nullopt;
  return static_cast<uint16_t>(value[0] << 8 | value[1]);
}

std::array<uint8_t, 2> EncodeTransportSequence(uint16_t sequence) {
  return {static_cast<uint8_t>(sequence >> 8), static_cast<uint8_t>(sequence)};
}

std::optional<uint32_t> ParseAbsSendTime(ExtensionValue value) {
  if (value.size() != 3) return std::nullopt;
  return static_cast<uint32_t>(value[0] << 16 | value[1] << 8 | value[2]);
}

std::array<uint8_t, 3> EncodeAbsSendTime(Instant sent) {
  // 64 s are 2^24 steps. Reduced first, so that the multiplication cannot overflow.
  constexpr int64_t kCycleUs = 64'000'000;
  const int64_t in_cycle = (sent.us() % kCycleUs + kCycleUs) % kCycleUs;
  const int64_t steps = (in_cycle << 18) / 1'000'000;
  return {static_cast<uint8_t>(steps >> 16), static_cast<uint8_t>(steps >> 8),
          static_cast<uint8_t>(steps)};
}

std::optional<std::string_view> ParseStreamId(ExtensionValue value) {
  if (value.empty() || value.size() > kStreamIdBytesMax) return std::nullopt;
  if (!std::ranges::all_of(value, IsTokenChar)) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(value.data()), value.size());
}

ExtensionValue EncodeStreamId(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace conclave::wire
