#include "wire/sdp_format_attributes.h"

#include <algorithm>

#include "wire/sdp_text.h"

namespace conclave::wire {
namespace {

SdpFormat* Find(std::string_view payload_type, SdpMedia& media) {
  const auto number = ParseNumber<uint8_t>(payload_type);
  if (!number) return nullptr;
  const auto format = std::ranges::find(media.formats, *number, &SdpFormat::payload_type);
  return format == media.formats.end() ? nullptr : &*format;
}

void AddFeedback(std::string_view feedback, SdpFormat& format) {
  if (format.feedback.size() == kSdpFeedbackMax) return;
  if (std::ranges::find(format.feedback, feedback) != format.feedback.end()) return;
  format.feedback.emplace_back(feedback);
}

}  // namespace

SdpFault ParseRtpmap(std::string_view value, SdpMedia& media) {
  SdpFormat* format = Find(TakeToken(value), media);
  if (format == nullptr) return nullptr;
  const std::string_view name = TakeUntil(value, '/');
  const auto clock_rate = ParseNumber<uint32_t>(TakeUntil(value, '/'));
  const auto channels = value.empty() ? 1 : ParseNumber<uint8_t>(value);
  if (name.empty() || name.find(' ') != std::string_view::npos) return "bad name";
  if (!clock_rate || *clock_rate == 0) return "bad clock rate";
  if (!channels || *channels == 0) return "bad channels";
  format->name = name;
  format->clock_rate = *clock_rate;
  format->channels = *channels;
  return nullptr;
}

SdpFault ParseFmtp(std::string_view value, SdpMedia& media) {
  SdpFormat* format = Find(TakeToken(value), media);
  if (format != nullptr) format->fmtp = value;
  return nullptr;
}

SdpFault ParseRtcpFeedback(std::string_view value, SdpMedia& media) {
  const std::string_view payload_type = TakeToken(value);
  if (value.empty() || value.size() > kSdpFeedbackBytesMax) return nullptr;
  if (payload_type == "*") {
    for (SdpFormat& format : media.formats) AddFeedback(value, format);
  } else if (SdpFormat* format = Find(payload_type, media)) {
    AddFeedback(value, *format);
  }
  return nullptr;
}

}  // namespace conclave::wire
