// Which packets of a source were left out in one go, because a key frame behind them made them
// needless. What is missing of their frames and comes late is left out too, for a piece of a frame
// is nothing; and so is what follows them until the source's next key frame, where the slot did not
// go on at the one that was meant after all.
#pragma once

#include <algorithm>
#include <cstdint>

#include "media/packet_pool.h"

namespace conclave::media {

// One per slot; knows the newest run only. What is older than that comes later than any repair.
class SkippedRun {
 public:
  void OnSkipped(const PacketInfo& packet) {
    if (!open_ || !SameSource(packet)) {
      track_ = packet.track;
      layer_ = packet.layer;
      first_ = last_ = packet.sequence;
      open_ = true;
    }
    first_ = std::min(first_, packet.sequence);
    last_ = std::max(last_, packet.sequence);
  }
  // It left, and neither Covers nor Breaks held.
  void OnForwarded(const PacketInfo& packet) {
    if (!SameSource(packet)) {
      open_ = false;
    } else if (open_ && packet.sequence > last_) {
      last_ = packet.sequence - 1;
      open_ = false;
    }
  }
  // It is a piece of what was left out.
  bool Covers(const PacketInfo& packet) const {
    return SameSource(packet) && packet.sequence >= first_ && packet.sequence <= last_;
  }
  // It needs what was left out.
  bool Breaks(const PacketInfo& packet) const {
    const bool begins = packet.frame.key_frame && packet.frame.frame_start;
    return open_ && SameSource(packet) && packet.sequence > last_ && !begins;
  }

 private:
  bool SameSource(const PacketInfo& packet) const {
    return packet.track == track_ && packet.layer == layer_;
  }

  TrackId track_;
  uint8_t layer_ = 0;
  // No key frame has left since.
  bool open_ = false;
  int64_t first_ = 0;
  int64_t last_ = -1;
};

}  // namespace conclave::media
