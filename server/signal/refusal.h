// A request that was not carried out, as its sender is told.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/time.h"
#include "protocol/conclave.pb.h"

namespace conclave::signal {

struct Refusal {
  v1::ErrorCode code = v1::ERROR_CODE_UNSPECIFIED;
  // For people who look for the cause. Carries no name, address or token.
  std::string text;
  // Whether the same request may succeed later, and when at the earliest.
  bool retry = false;
  Duration retry_after;
};

// What a request handler returns: nothing when it was carried out.
using Outcome = std::optional<Refusal>;

inline Refusal TooLarge(const std::string& what, size_t value, size_t limit) {
  return {v1::ERROR_CODE_TOO_LARGE,
          what + ": " + std::to_string(value) + " of at most " + std::to_string(limit),
          false,
          {}};
}

inline Refusal RateLimited(const std::string& what, Duration wait) {
  return {v1::ERROR_CODE_RATE_LIMITED, what + ": too many", true, wait};
}

inline Refusal UnknownParticipant(uint32_t id) {
  return {v1::ERROR_CODE_UNKNOWN_PARTICIPANT,
          "no participant " + std::to_string(id) + " in this room",
          false,
          {}};
}

inline Refusal NotAllowed(std::string text) {
  return {v1::ERROR_CODE_NOT_ALLOWED, std::move(text), false, {}};
}

// These two end the session that they answer (the contract's rules).
inline bool EndsSession(v1::ErrorCode code) {
  return code == v1::ERROR_CODE_MALFORMED || code == v1::ERROR_CODE_OUT_OF_PLACE;
}

}  // namespace conclave::signal
