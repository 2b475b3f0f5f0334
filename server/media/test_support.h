// What the tests of this folder share.
#pragma once

#include <cstdint>

#include "base/random.h"
#include "base/time.h"
#include "media/packet_pool.h"

namespace conclave::media {

constexpr Instant AtMs(int64_t ms) { return Instant() + Duration::Millis(ms); }

// 0 .. limit - 1.
inline int64_t Below(Random& random, int64_t limit) {
  return static_cast<int64_t>(random.Next64() % static_cast<uint64_t>(limit));
}
inline bool Chance(Random& random, int64_t percent) { return Below(random, 100) < percent; }

inline PacketInfo MakeInfo(int64_t sequence, int64_t timestamp) {
  PacketInfo info;
  info.sequence = sequence;
  info.timestamp = timestamp;
  return info;
}

inline PacketInfo MakeVp8Info(int64_t sequence, int64_t timestamp, uint16_t picture_id,
                              uint8_t tl0_picture_index) {
  PacketInfo info = MakeInfo(sequence, timestamp);
  info.picture.picture_id = picture_id;
  info.picture.is_long = true;
  info.picture.tl0_picture_index = tl0_picture_index;
  info.closes_picture_gaps = true;
  return info;
}

}  // namespace conclave::media
