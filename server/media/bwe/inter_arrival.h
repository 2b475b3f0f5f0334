// Groups packets that were sent together and compares how groups were sent with how they arrived
// (libwebrtc, inter_arrival_delta).
#pragma once

#include <optional>

#include "base/time.h"

namespace conclave::media {

struct GroupDelta {
  Duration sent;
  Duration received;
  Instant arrival;
};

class InterArrival {
 public:
  // `now` is the time of the feedback by our clock, to notice jumps of the peer's.
  std::optional<GroupDelta> OnPacket(Instant sent, Instant arrival, Instant now);

 private:
  struct Group {
    Instant first_sent;
    Instant last_sent;
    Instant first_arrival;
    Instant last_arrival;
    Instant seen;
  };

  bool NewGroup(Instant sent, Instant arrival) const;
  bool InBurst(Instant sent, Instant arrival) const;
  std::optional<GroupDelta> Compare();
  void Reset();

  std::optional<Group> current_;
  std::optional<Group> previous_;
  int reordered_ = 0;
};

}  // namespace conclave::media
