// The names and the values of the header extensions that we know.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/time.h"

namespace conclave::wire {

// As written in a=extmap.
inline constexpr std::string_view kMidUri = "urn:ietf:params:rtp-hdrext:sdes:mid";
inline constexpr std::string_view kRidUri = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
inline constexpr std::string_view kRepairedRidUri =
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
inline constexpr std::string_view kAudioLevelUri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
inline constexpr std::string_view kTransportCcUri =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
inline constexpr std::string_view kAbsSendTimeUri =
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
inline constexpr std::string_view kDependencyDescriptorUri =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

using ExtensionValue = std::span<const uint8_t>;

// RFC 6464: 0 dBov (loudest) .. 127 (silence).
struct AudioLevelValue {
  bool voice = false;
  uint8_t level = 127;
  bool operator==(const AudioLevelValue&) const = default;
};
std::optional<AudioLevelValue> ParseAudioLevel(ExtensionValue value);
std::array<uint8_t, 1> EncodeAudioLevel(AudioLevelValue level);

// draft-holmer-rmcat-transport-wide-cc-extensions-01 section 2: two bytes.
std::optional<uint16_t> ParseTransportSequence(ExtensionValue value);
std::array<uint8_t, 2> EncodeTransportSequence(uint16_t sequence);

// 24 bits of fixed-point seconds, 6.18: wraps every 64 s, a step is 3.8 us.
std::optional<uint32_t> ParseAbsSendTime(ExtensionValue value);
std::array<uint8_t, 3> EncodeAbsSendTime(Instant sent);

// MID, RID and repaired RID (RFC 8843 section 15, RFC 8852): a view of 1..32 characters of
// [A-Za-z0-9_.-] or another RFC 8866 token character. Anything else is rejected.
inline constexpr size_t kStreamIdBytesMax = 32;
std::optional<std::string_view> ParseStreamId(ExtensionValue value);
// The bytes to write for a MID, RID or repaired RID.
ExtensionValue EncodeStreamId(std::string_view text);

}  // namespace conclave::wire
