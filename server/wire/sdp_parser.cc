#include <algorithm>

#include "wire/sdp_attributes.h"
#include "wire/sdp_text.h"

namespace conclave::wire {
namespace {

bool HasControlCharacter(std::string_view line) {
  return std::ranges::any_of(line, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

class Parser {
 public:
  // A fault of the line, with the name of the attribute in `where` for the message.
  SdpFault OnLine(std::string_view line, std::string_view& where) {
    if (HasControlCharacter(line)) return "control character";
    if (line.size() < 2 || line[1] != '=') return "not type=value";
    where = line.substr(0, 2);
    const std::string_view value = line.substr(2);
    if (!seen_version_) {
      seen_version_ = value == "0" && line[0] == 'v';
      return seen_version_ ? nullptr : "v=0 is not first";
    }
    switch (line[0]) {
      case 'o':
        return OnOrigin(value);
      case 's':
        description_.session_name = value;
        return nullptr;
      case 'm':
        return OnMedia(value);
      case 'c':
        OnConnection(value);
        return nullptr;
      case 'a':
        return OnAttribute(line, where);
      default:
        return nullptr;
    }
  }

  SdpFault OnEnd() const {
    if (!seen_version_) return "no v= line";
    return seen_origin_ ? nullptr : "no o= line";
  }

  SessionDescription Take() { return std::move(description_); }

 private:
  SdpFault OnOrigin(std::string_view value) {
    SdpOrigin origin;
    origin.username = TakeToken(value);
    const auto id = ParseNumber<uint64_t>(TakeToken(value));
    const auto version = ParseNumber<uint64_t>(TakeToken(value));
    if (origin.username.empty() || !id || !version) return "bad origin";
    origin.session_id = *id;
    origin.session_version = *version;
    description_.origin = std::move(origin);
    seen_origin_ = true;
    return nullptr;
  }

  SdpFault OnMedia(std::string_view value) {
    if (description_.media.size() == kSdpMediaMax) return "too many media sections";
    SdpMedia media;
    media.direction = default_direction_;
    media.kind = TakeToken(value);
    std::string_view ports = TakeToken(value);
    const auto port = ParseNumber<uint16_t>(TakeUntil(ports, '/'));
    media.protocol = TakeToken(value);
    if (!port || media.protocol.empty()) return "bad media line";
    media.port = *port;
    const bool rtp = media.protocol.find("RTP/") != std::string::npos;
    if (value.empty()) return "no format";
    while (!value.empty()) {
      const std::string_view format = TakeToken(value);
      if (SdpFault fault = rtp ? AddPayloadType(format, media) : AddFormat(format, media)) {
        return fault;
      }
    }
    description_.media.push_back(std::move(media));
    return nullptr;
  }

  static SdpFault AddPayloadType(std::string_view text, SdpMedia& media) {
    const auto payload_type = ParseNumber<uint8_t>(text);
    if (!payload_type || *payload_type >= kSdpFormatsMax) return "bad payload type";
    if (media.FindFormat(*payload_type) != nullptr) return "payload type twice";
    media.formats.emplace_back().payload_type = *payload_type;
    return nullptr;
  }

  static SdpFault AddFormat(std::string_view text, SdpMedia& media) {
    if (media.other_formats.size() == kSdpFormatsMax) return "too many formats";
    media.other_formats.emplace_back(text);
    return nullptr;
  }

  void OnConnection(std::string_view value) {
    if (description_.media.empty()) return;
    TakeToken(value);
    TakeToken(value);
    const auto address = IpAddress::Parse(TakeToken(value));
    const bool any = address == IpAddress() || address == IpAddress::V4(0, 0, 0, 0);
    description_.media.back().connection = any ? std::nullopt : address;
  }

  SdpFault OnAttribute(std::string_view line, std::string_view& where) {
    const size_t colon = std::min(line.find(':'), line.size());
    where = line.substr(0, colon);
    const std::string_view name = where.substr(2);
    const std::string_view value = line.substr(std::min(colon + 1, line.size()));
    if (description_.media.empty()) {
      // RFC 8866 section 6.7: the session's direction is the default of its media.
      if (ParseDirection(name, default_direction_)) return nullptr;
      return ParseSessionAttribute(name, value, description_);
    }
    SdpMedia& media = description_.media.back();
    if (SdpFault fault = ParseMediaAttribute(name, value, media)) return fault;
    if (name == "mid" && std::ranges::count(description_.media, media.mid, &SdpMedia::mid) > 1) {
      return "the same as of another section";
    }
    return nullptr;
  }

  SessionDescription description_;
  SdpDirection default_direction_ = SdpDirection::kSendRecv;
  bool seen_version_ = false;
  bool seen_origin_ = false;
};

Error LineError(size_t line, std::string_view where, SdpFault fault) {
  // A name is shown only as far as the ones that we know are long.
  std::string message = "sdp line " + std::to_string(line) + ": ";
  if (!where.empty()) message += std::string(where.substr(0, 24)) + ": ";
  return Error{message + fault};
}

}  // namespace

Result<SessionDescription> ParseSdp(std::string_view text) {
  if (text.size() > kSdpBytesMax) {
    return Error{"sdp too long: " + std::to_string(text.size()) + " of " +
                 std::to_string(kSdpBytesMax) + " bytes"};
  }
  Parser parser;
  size_t number = 0;
  while (!text.empty()) {
    std::string_view line = TakeUntil(text, '\n');
    while (line.ends_with('\r')) line.remove_suffix(1);
    ++number;
    if (number > kSdpLinesMax) return LineError(number, {}, "too many lines");
    if (line.empty()) continue;
    std::string_view where;
    if (SdpFault fault = parser.OnLine(line, where)) return LineError(number, where, fault);
  }
  if (SdpFault fault = parser.OnEnd()) return LineError(number, {}, fault);
  return parser.Take();
}

}  // namespace conclave::wire
