// A rate limit with a burst, in virtual time and without a timer.
#pragma once

#include <algorithm>

#include "base/time.h"

namespace conclave::conference {

// So much of something is allowed: `burst` at once, and one more every `interval`.
struct RateLimit {
  Duration interval;
  int64_t burst = 1;
};

// Starts full. `now` may not go back.
class TokenBucket {
 public:
  explicit TokenBucket(RateLimit limit) : limit_(limit) {}

  // Takes one token and returns true, or returns false and takes none.
  bool Take(Instant now) {
    paid_until_ = std::max(paid_until_, now - limit_.interval * limit_.burst);
    if (paid_until_ + limit_.interval > now) return false;
    paid_until_ = paid_until_ + limit_.interval;
    return true;
  }
  // How long after a refused Take the next one succeeds.
  Duration Wait(Instant now) const {
    return std::max(Duration(), paid_until_ + limit_.interval - now);
  }

 private:
  RateLimit limit_;
  // Every `interval` up to here has been spent; what lies between it and now can still be.
  Instant paid_until_ = Instant::FromMicros(INT64_MIN / 2);
};

}  // namespace conclave::conference
