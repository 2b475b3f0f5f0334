// Maps the ascending numbers of a source to output numbers without gaps where we left something
// out, and with the source's own gaps kept. For sequence numbers and for picture ids.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace conclave::media {

// A list of segments, each with one offset. Numbers that come late map as those around them did.
// Allocates only where a source needs more segments than any before it did, and little until then:
// one from which nothing is left out has a single segment.
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
  void End();
  bool active() const { return count_ > 0; }

  // nullopt: from before Begin, dropped, or older than what is remembered. Requires active().
  std::optional<int64_t> Map(int64_t source) {
    if (source < last_.first) return MapEarlier(source);
    const int64_t output = source + last_.offset;
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
  struct Segment {
    int64_t first = 0;
    // kDropped: the numbers of this segment were left out.
    int64_t offset = 0;
  };
  static constexpr int64_t kDropped = INT64_MIN;

  // A few pictures left out; two lines of the CPU's cache.
  static constexpr size_t kFirstSegments = 8;

  Segment& At(size_t i) { return segments_[(head_ + i) & (segments_.size() - 1)]; }
  const Segment& At(size_t i) const { return segments_[(head_ + i) & (segments_.size() - 1)]; }
  Segment& Last() { return At(count_ - 1); }
  std::optional<int64_t> MapEarlier(int64_t source) const;
  const Segment* Find(int64_t source) const;
  void Append(Segment segment);
  // The last one becomes this.
  void Replace(Segment segment);
  void Grow();

  // Its size is a power of two (or none), kSegments at most.
  std::vector<Segment> segments_;
  size_t head_ = 0;
  size_t count_ = 0;
  // The same as Last(): nearly all that is ever asked for, without a look at the list.
  Segment last_;
  int64_t newest_ = 0;
  int64_t next_;
};

}  // namespace conclave::media
