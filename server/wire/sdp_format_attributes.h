// The attributes about one payload type. Those for a payload type that the m-line does not have are
// skipped: Firefox leaves such lines behind setCodecPreferences (decisions 22).
#pragma once

#include "wire/sdp_attributes.h"

namespace conclave::wire {

// Browsers write at most six per format, of at most fourteen bytes. A wildcard line multiplies by
// the number of formats, so this is what bounds the memory.
inline constexpr size_t kSdpFeedbackMax = 16;
inline constexpr size_t kSdpFeedbackBytesMax = 32;

SdpFault ParseRtpmap(std::string_view value, SdpMedia& media);
SdpFault ParseFmtp(std::string_view value, SdpMedia& media);
SdpFault ParseRtcpFeedback(std::string_view value, SdpMedia& media);

}  // namespace conclave::wire
