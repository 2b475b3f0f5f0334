// Why the server closes a WebSocket: RFC 6455 section 7.4.1, and our own from 4000 on.
#pragma once

#include <cstdint>

namespace conclave::signal {

// The client left.
inline constexpr uint16_t kCloseNormal = 1000;
// The session's Error said MALFORMED or OUT_OF_PLACE.
inline constexpr uint16_t kCloseProtocolError = 1002;
// Too many refused requests, or an unjoined connection that says nothing.
inline constexpr uint16_t kClosePolicy = 1008;
inline constexpr uint16_t kCloseMessageTooBig = 1009;
inline constexpr uint16_t kCloseTryAgainLater = 1013;
// The participant resumed on another WebSocket.
inline constexpr uint16_t kCloseReplaced = 4001;
// Somebody who moderates has put the participant out.
inline constexpr uint16_t kCloseRemoved = 4002;
// The meeting is over for everybody.
inline constexpr uint16_t kCloseEnded = 4003;

}  // namespace conclave::signal
