// Numbers of media that are unique in this process.
#pragma once

#include <cstdint>
#include <unordered_set>

#include "base/ids.h"
#include "base/random.h"

namespace conclave::signal {

class MediaIds {
 public:
  explicit MediaIds(Random& random) : random_(random) {}

  TrackId NextTrack() { return TrackId(++last_track_); }
  // Random, as RFC 3550 section 8 wants it, never 0, and different from all that are in use: two
  // receivers must not be confused where their packets are counted by SSRC.
  uint32_t TakeSsrc() {
    uint32_t ssrc = 0;
    do {
      ssrc = random_.Next32();
    } while (ssrc == 0 || !used_.insert(ssrc).second);
    return ssrc;
  }
  void ReleaseSsrc(uint32_t ssrc) { used_.erase(ssrc); }

 private:
  Random& random_;
  uint32_t last_track_ = 0;
  // Bounded by the slots of all participants.
  std::unordered_set<uint32_t> used_;
};

}  // namespace conclave::signal
