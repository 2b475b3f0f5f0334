// The parameters of an a=fmtp line (RFC 8866 section 6.15): "key=value;key=value".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conclave::signal {

// In the written order, keys in lower case, spaces around them dropped. A part without "=" has an
// empty value.
using FmtpParameters = std::vector<std::pair<std::string, std::string>>;
FmtpParameters ParseFmtp(std::string_view fmtp);

// The value of `key` (lower case), or nullopt.
std::optional<std::string> FmtpValue(std::string_view fmtp, std::string_view key);

// Whether two names are the same but for the case of ASCII letters, as encoding names are.
bool SameName(std::string_view a, std::string_view b);

}  // namespace conclave::signal
