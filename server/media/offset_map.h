// Maps the ascending numbers of a source to output numbers without gaps where we left something
// out, and with the source's own gaps kept. For sequence numbers and for picture ids.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/prefetch.h"

namespace conclave::media {

// A list of segments, each with one offset. Numbers that come late map as those around them did.
class OffsetMap {
 public:
  // How many changes of the offset are remembered. Dropping part of each of 30 pictures per second
  // makes 60 segments a second, so this is two seconds: no retransmission is later.
  static constexpr size_t kSegments = 128;

  // `next` is the first output number.
  explicit OffsetMap(int64_t next) : next_(next) {}

  // A source begins: `first` becomes the next output number. Earlier ones of it map to nothing.
  void Begin(int64_t first);
  // Forgets the source; numbers map to nothing until Begin.
  void End() { count_ = 0; }
  bool active() const { return count_ > 0; }

  // nullopt: from before Begin, dropped, or older than what is remembered. Requires active().
  std::optional<int64_t> Map(int64_t source);
  // Leaves `source` out, and closes the gap that this makes, unless later numbers have been mapped
  // already: then returns the output number that nobody will use. Repeats have no effect.
  // Requires active().
  std::optional<int64_t> Drop(int64_t source);
  // Takes an output number for something that no source sent.
  int64_t Insert();

  // Hints what Map of the newest numbers will touch.
  void PrefetchForMap() const {
    Prefetch(&segments_[(head_ + count_ - 1) % kSegments], sizeof(Segment));
    Prefetch(&head_, sizeof(head_) + sizeof(count_) + sizeof(newest_) + sizeof(next_));
  }

  // The output number that follows all that were given out or passed over.
  int64_t next() const { return next_; }
  // The newest source number mapped or dropped. Requires active().
  int64_t newest() const { return newest_; }

 private:
  struct Segment {
    int64_t first = 0;
    // kDropped: the numbers of this segment were left out.
    int64_t offset = 0;
  };
  static constexpr int64_t kDropped = INT64_MIN;

  Segment& Last() { return segments_[(head_ + count_ - 1) % kSegments]; }
  const Segment* Find(int64_t source) const;
  void Append(Segment segment);

  std::array<Segment, kSegments> segments_;
  size_t head_ = 0;
  size_t count_ = 0;
  int64_t newest_ = 0;
  int64_t next_;
};

}  // namespace conclave::media
