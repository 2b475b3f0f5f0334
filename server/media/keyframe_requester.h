// Merges the key-frame requests of all receivers of one source (track and layer) into few PLIs.
#pragma once

#include "base/time.h"

namespace conclave::media {

// One per source. Where a call says "send a PLI", the caller does so at once.
class KeyframeRequester {
 public:
  // A key frame costs the publisher as much as a second of video: never more than two a second,
  // however many receivers ask. Also the wait for an answer: a long round trip plus encoding.
  static constexpr Duration kSpacing = Duration::Millis(500);
  // A publisher that has not answered for five seconds is muted, gone or cannot: ask seldom.
  static constexpr int kQuickTries = 10;
  static constexpr Duration kSlowSpacing = Duration::Seconds(2);

  // Somebody needs a key frame. True: send a PLI. False: one is under way, or NextDeadline tells
  // when the next may be sent. Repeats until OnKeyFrame or Cancel.
  [[nodiscard]] bool Request(Instant now);
  // A key frame has begun to arrive, in order: one whose first packet is older than others that
  // came already starts no slot (LayerSelector), so it is no answer, and must not be told here.
  void OnKeyFrame();
  // Nobody waits any more.
  void Cancel();

  // True: send a PLI (again).
  [[nodiscard]] bool OnDeadline(Instant now);
  Instant NextDeadline() const { return outstanding_ ? next_ : Instant::Never(); }
  bool outstanding() const { return outstanding_; }

 private:
  bool outstanding_ = false;
  int tries_ = 0;
  // The earliest time of the next PLI.
  Instant next_;
};

}  // namespace conclave::media
