// The attributes that may stand in the session part and in a media section alike (RFC 8839, RFC
// 8122, RFC 4145). `Section` is SessionDescription or SdpMedia.
#pragma once

#include "wire/sdp_attributes.h"
#include "wire/sdp_text.h"

namespace conclave::wire {

// RFC 8839 section 5.4: 4 to 256 and 22 to 256 characters. Which ones is left to the peer: stacks
// differ, and we only compare them.
inline constexpr size_t kIceUfragBytesMin = 4;
inline constexpr size_t kIcePwdBytesMin = 22;
inline constexpr size_t kIceTextBytesMax = 256;
// SHA-512, the largest hash of RFC 8122.
inline constexpr size_t kFingerprintBytesMax = 64;

inline bool IsWord(std::string_view text, size_t bytes_min, size_t bytes_max) {
  return text.size() >= bytes_min && text.size() <= bytes_max &&
         text.find(' ') == std::string_view::npos;
}

template <typename Section>
SdpFault ParseIceUfrag(std::string_view value, Section& section) {
  if (!IsWord(value, kIceUfragBytesMin, kIceTextBytesMax)) return "bad length";
  section.ice_ufrag = value;
  return nullptr;
}

template <typename Section>
SdpFault ParseIcePwd(std::string_view value, Section& section) {
  if (!IsWord(value, kIcePwdBytesMin, kIceTextBytesMax)) return "bad length";
  section.ice_pwd = value;
  return nullptr;
}

template <typename Section>
SdpFault ParseIceOptions(std::string_view value, Section& section) {
  section.ice_options.clear();
  while (!value.empty()) {
    const std::string_view option = TakeToken(value);
    if (option.empty()) break;
    if (section.ice_options.size() == kSdpListMax) return "too many";
    section.ice_options.emplace_back(option);
  }
  return nullptr;
}

// Hexadecimal pairs between colons.
inline bool ParseDigest(std::string_view text, std::vector<uint8_t>& digest) {
  while (!text.empty()) {
    const std::string_view pair = TakeUntil(text, ':');
    uint8_t byte = 0;
    const auto [stop, error] = std::from_chars(pair.data(), pair.data() + pair.size(), byte, 16);
    if (pair.size() != 2 || error != std::errc() || stop != pair.data() + 2) return false;
    if (digest.size() == kFingerprintBytesMax) return false;
    digest.push_back(byte);
  }
  return !digest.empty();
}

template <typename Section>
SdpFault ParseFingerprint(std::string_view value, Section& section) {
  SdpFingerprint fingerprint;
  fingerprint.hash = LowerCase(TakeToken(value));
  if (fingerprint.hash.empty() || !ParseDigest(TakeToken(value), fingerprint.digest)) {
    return "bad digest";
  }
  section.fingerprint = std::move(fingerprint);
  return nullptr;
}

template <typename Section>
SdpFault ParseSetup(std::string_view value, Section& section) {
  if (value == "actpass") {
    section.setup = SdpSetup::kActpass;
  } else if (value == "active") {
    section.setup = SdpSetup::kActive;
  } else if (value == "passive") {
    section.setup = SdpSetup::kPassive;
  } else if (value == "holdconn") {
    section.setup = SdpSetup::kHoldconn;
  } else {
    return "unknown role";
  }
  return nullptr;
}

template <typename Section>
SdpFault ParseExtmapAllowMixed(std::string_view, Section& section) {
  section.extmap_allow_mixed = true;
  return nullptr;
}

// One row of a table of attributes.
template <typename Section>
struct SdpAttribute {
  std::string_view name;
  SdpFault (*parse)(std::string_view value, Section& section);
};

template <typename Section, size_t kSize>
SdpFault Dispatch(const SdpAttribute<Section> (&table)[kSize], std::string_view name,
                  std::string_view value, Section& section) {
  for (const auto& attribute : table) {
    if (attribute.name == name) return attribute.parse(value, section);
  }
  return nullptr;
}

}  // namespace conclave::wire
