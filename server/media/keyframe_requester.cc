#include "media/keyframe_requester.h"

#include <algorithm>

namespace conclave::media {

bool KeyframeRequester::Request(Instant now) {
  if (outstanding_) return false;
  outstanding_ = true;
  tries_ = 0;
  return OnDeadline(now);
}

void KeyframeRequester::OnKeyFrame() { Cancel(); }

void KeyframeRequester::Cancel() {
  outstanding_ = false;
  // The slow rhythm was for a publisher that does not answer.
  if (tries_ > kQuickTries) next_ = next_ - (kSlowSpacing - kSpacing);
  tries_ = 0;
}

bool KeyframeRequester::OnDeadline(Instant now) {
  if (!outstanding_ || now < next_) return false;
  ++tries_;
  next_ = now + (tries_ > kQuickTries ? kSlowSpacing : kSpacing);
  return true;
}

}  // namespace conclave::media
