#include "media/offset_map.h"

#include <algorithm>

namespace conclave::media {
namespace {

uint32_t Low(int64_t number) { return static_cast<uint32_t>(number); }

}  // namespace

void OffsetMap::End() {
  count_ = 0;
  // The next source may be one from which nothing is left out, or none may come.
  if (segments_.size() > kFirstSegments) segments_ = {};
}

void OffsetMap::Begin(int64_t first) {
  head_ = 0;
  count_ = 0;
  offset_ = next_ - first;
  Append(first);
  newest_ = first - 1;
}

std::optional<int64_t> OffsetMap::MapEarlier(int64_t source) const {
  int64_t offset = offset_;
  for (size_t i = count_; i-- > 0;) {
    const Segment& segment = At(i);
    const int64_t first = first_ - (Low(first_) - segment.first);
    if (source >= first) return source + offset;
    if (source >= first - segment.dropped) return std::nullopt;
    offset += segment.dropped - segment.inserted;
  }
  return std::nullopt;
}

std::optional<int64_t> OffsetMap::Drop(int64_t source) {
  if (source <= newest_) return source >= first_ ? source + offset_ : MapEarlier(source);
  // Where nothing came since, the run of dropped numbers just before grows by one.
  if (first_ != source || Last().dropped == kCountMax) {
    Append(source + 1);
  } else {
    first_ = source + 1;
    Last().first = Low(first_);
  }
  ++Last().dropped;
  --offset_;
  newest_ = source;
  next_ = source + 1 + offset_;
  return std::nullopt;
}

int64_t OffsetMap::Insert() {
  if (active()) {
    if (first_ != newest_ + 1 || Last().inserted == kCountMax) Append(newest_ + 1);
    ++Last().inserted;
    ++offset_;
  }
  return next_++;
}

void OffsetMap::Append(int64_t first) {
  if (count_ > 0 && first - first_ > kReach) {
    segments_[0] = {Low(first - kReach), 0, 0};
    head_ = 0;
    count_ = 1;
  }
  if (count_ == kSegments) {
    head_ = (head_ + 1) % uint32_t{kSegments};
    --count_;
  }
  if (count_ == segments_.size()) Grow();
  ++count_;
  first_ = first;
  Last() = {Low(first), 0, 0};
}

void OffsetMap::Grow() {
  std::vector<Segment> larger(std::max(kFirstSegments, segments_.size() * 2));
  for (size_t i = 0; i < count_; ++i) larger[i] = At(i);
  segments_ = std::move(larger);
  head_ = 0;
}

}  // namespace conclave::media
