// What a participant's RTCP means for its parts.
#pragma once

#include <cstdint>
#include <span>

#include "base/time.h"
#include "router/publisher.h"
#include "router/receiver.h"

namespace conclave::router {

// `packet` is a plaintext compound. Returns false where it is malformed (then nothing of it
// counts). Feedback about SSRCs that are not the participant's slots, and everything that we do not
// use (BYE, SDES, XR, a publisher's clock beyond its sender reports), is ignored.
bool DispatchRtcp(Instant now, std::span<const uint8_t> packet, Publisher& publisher,
                  Receiver& receiver, FeedbackScratch& scratch);

}  // namespace conclave::router
