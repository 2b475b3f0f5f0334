// Maps the ascending numbers of a source to output numbers without gaps where we left something
// out, and with the source's own gaps kept. For sequence numbers and for picture ids.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace conclave::media {

// A list of segments, each with one offset and with what was left out just before it. Numbers that
// come late map as those around them did. Allocates only where a source needs more segments than
// any before it did, and little until then: one from which nothing is left out has a single
// segment.
class OffsetMap {
 public:
  // How many changes of the offset are remembered. Dropping part of each of 30 pictures per second
  // makes 30 segments a second, so this is two seconds: no retransmission is later.
  static constexpr size_t kSegments = 64;

  // `next` is the first output number.
  explicit OffsetMap(int64_t next) : next_(next) {}

  // A source begins: `first` becomes the next output number. Earlier ones of it map to nothing.
  void Begin(int64_t first);
  // Forgets the source; numbers map to nothing until Begin.
  void End();
  bool active() const { return count_ > 0; }

  // nullopt: from before Begin, dropped, or older than what is remembered. Requires active().
  std::optional<int64_t> Map(int64_t source) {
    if (source < first_) return MapEarlier(source);
    const int64_t output = source + offset_;
    if (source > newest_) {
      newest_ = source;
      next_ = output + 1;
    }
    return output;
  }
  // Leaves `source` out, and closes the gap that this makes, unless later numbers have been mapped
  // already: then returns the output number that nobody will use. Repeats have no effect.
  // Requires active().
  std::optional<int64_t> Drop(int64_t source);
  // Takes an output number for something that no source sent.
  int64_t Insert();

  // The output number that follows all that were given out or passed over.
  int64_t next() const { return next_; }
  // The newest source number mapped or dropped. Requires active().
  int64_t newest() const { return newest_; }

 private:
  // There are two lists of them for every slot of every receiver, so they are packed.
  struct Segment {
    // The low bits of its first number.
    uint32_t first = 0;
    // So many numbers before it were left out, and so many outputs inserted: what its offset
    // differs by from that of the segment before.
    uint16_t dropped = 0;
    uint16_t inserted = 0;
  };
  static constexpr uint16_t kCountMax = UINT16_MAX;
  // A longer segment forgets its beginning, and all before it: so the low bits are enough.
  static constexpr int64_t kReach = int64_t{1} << 24;

  // A few pictures left out; a line of the CPU's cache.
  static constexpr size_t kFirstSegments = 8;

  Segment& At(size_t i) { return segments_[(head_ + i) & (segments_.size() - 1)]; }
  const Segment& At(size_t i) const { return segments_[(head_ + i) & (segments_.size() - 1)]; }
  Segment& Last() { return At(count_ - 1); }
  std::optional<int64_t> MapEarlier(int64_t source) const;
  // The next segment, which begins at `first`.
  void Append(int64_t first);
  void Grow();

  // Its size is a power of two (or none), kSegments at most.
  std::vector<Segment> segments_;
  uint32_t head_ = 0;
  uint32_t count_ = 0;
  // Of the last segment: nearly all that is ever asked for, without a look at the list.
  int64_t first_ = 0;
  int64_t offset_ = 0;
  int64_t newest_ = 0;
  int64_t next_;
};

}  // namespace conclave::media
