// Which of a receiver's payload types can carry a publisher's codec.
#pragma once

#include <span>
#include <string_view>

#include "router/commands.h"

namespace conclave::router {

// The receiver's entry that decodes what `source` encodes, or null. Same codec, and for codecs with
// profiles the same profile: H.264 by profile-level-id (RFC 6184 table 5, levels not compared) and
// packetization-mode, VP9 by profile-id (RFC 9628 section 6), AV1 by profile (RTP payload for AV1,
// section 7.2). Constrained baseline H.264 also fits every other profile, which contain it.
const CodecConfig* MatchCodec(const CodecConfig& source, std::span<const CodecConfig> receiver);

// The value of `key` in a list "a=1;b=2" (a=fmtp of RFC 8866 section 6.15), or empty.
std::string_view FmtpValue(std::string_view fmtp, std::string_view key);

}  // namespace conclave::router
