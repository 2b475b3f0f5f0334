// One a= line at a time: what the SDP parser dispatches to.
#pragma once

#include <string_view>

#include "wire/sdp.h"

namespace conclave::wire {

// What is wrong with a line, without quoting it; nullptr where nothing is.
using SdpFault = const char*;

// Unknown names are no fault. `value` is what follows the colon, or empty.
SdpFault ParseSessionAttribute(std::string_view name, std::string_view value,
                               SessionDescription& description);
SdpFault ParseMediaAttribute(std::string_view name, std::string_view value, SdpMedia& media);

// Sets `direction` and returns true where `name` is one of the four.
bool ParseDirection(std::string_view name, SdpDirection& direction);

}  // namespace conclave::wire
