#include "router/codec_match.h"

#include <charconv>
#include <cstdint>
#include <optional>

namespace conclave::router {
namespace {

enum class H264Profile { kConstrainedBaseline, kBaseline, kMain, kConstrainedHigh, kHigh, kOther };

struct ProfilePattern {
  uint8_t idc;
  uint8_t iop_mask;
  uint8_t iop_bits;
  H264Profile profile;
};

// RFC 6184 table 5, the rows that browsers and hardware encoders use.
constexpr ProfilePattern kProfilePatterns[] = {
    {0x42, 0x4f, 0x40, H264Profile::kConstrainedBaseline},
    {0x4d, 0x8f, 0x80, H264Profile::kConstrainedBaseline},
    {0x58, 0xcf, 0xc0, H264Profile::kConstrainedBaseline},
    {0x42, 0x4f, 0x00, H264Profile::kBaseline},
    {0x58, 0xcf, 0x80, H264Profile::kBaseline},
    {0x4d, 0xaf, 0x00, H264Profile::kMain},
    {0x64, 0xff, 0x0c, H264Profile::kConstrainedHigh},
    {0x64, 0xff, 0x00, H264Profile::kHigh},
};

// An absent or unreadable profile-level-id is baseline at level 1 (RFC 6184 section 8.1).
constexpr uint32_t kDefaultProfileLevelId = 0x42000a;

H264Profile ProfileOf(std::string_view fmtp) {
  const std::string_view text = FmtpValue(fmtp, "profile-level-id");
  uint32_t value = kDefaultProfileLevelId;
  if (text.size() == 6) std::from_chars(text.data(), text.data() + text.size(), value, 16);
  const auto idc = static_cast<uint8_t>(value >> 16);
  const auto iop = static_cast<uint8_t>(value >> 8);
  for (const ProfilePattern& pattern : kProfilePatterns) {
    if (pattern.idc == idc && (iop & pattern.iop_mask) == pattern.iop_bits) return pattern.profile;
  }
  return H264Profile::kOther;
}

std::string_view ValueOr(std::string_view fmtp, std::string_view key, std::string_view otherwise) {
  const std::string_view value = FmtpValue(fmtp, key);
  return value.empty() ? otherwise : value;
}

bool SameFormat(const CodecConfig& source, const CodecConfig& sink, bool profile_must_equal) {
  if (source.name != sink.name) return false;
  const auto same = [&](std::string_view key) {
    return ValueOr(source.fmtp, key, "0") == ValueOr(sink.fmtp, key, "0");
  };
  switch (source.name) {
    case CodecName::kH264: {
      if (!same("packetization-mode")) return false;
      const H264Profile profile = ProfileOf(source.fmtp);
      return profile_must_equal ? profile == ProfileOf(sink.fmtp)
                                : profile == H264Profile::kConstrainedBaseline;
    }
    case CodecName::kVp9:
      return same("profile-id");
    case CodecName::kAv1:
      return same("profile");
    case CodecName::kOpus:
    case CodecName::kVp8:
      return true;
  }
  return false;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view FmtpValue(std::string_view fmtp, std::string_view key) {
  while (!fmtp.empty()) {
    const size_t end = fmtp.find(';');
    const std::string_view item = Trim(fmtp.substr(0, end));
    const size_t equals = item.find('=');
    if (equals != std::string_view::npos && item.substr(0, equals) == key) {
      return item.substr(equals + 1);
    }
    if (end == std::string_view::npos) break;
    fmtp.remove_prefix(end + 1);
  }
  return {};
}

const CodecConfig* MatchCodec(const CodecConfig& source, std::span<const CodecConfig> receiver) {
  for (const bool profile_must_equal : {true, false}) {
    for (const CodecConfig& sink : receiver) {
      if (SameFormat(source, sink, profile_must_equal)) return &sink;
    }
  }
  return nullptr;
}

}  // namespace conclave::router
