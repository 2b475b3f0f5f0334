#include "media/offset_map.h"

#include <algorithm>

namespace conclave::media {

void OffsetMap::End() {
  count_ = 0;
  // The next source may be one from which nothing is left out, or none may come.
  if (segments_.size() > kFirstSegments) segments_ = {};
}

void OffsetMap::Begin(int64_t first) {
  head_ = 0;
  count_ = 0;
  Append({first, next_ - first});
  newest_ = first - 1;
}

std::optional<int64_t> OffsetMap::MapEarlier(int64_t source) const {
  const Segment* segment = Find(source);
  if (!segment || segment->offset == kDropped) return std::nullopt;
  return source + segment->offset;
}

std::optional<int64_t> OffsetMap::Drop(int64_t source) {
  if (source <= newest_) {
    const Segment* segment = Find(source);
    if (!segment || segment->offset == kDropped) return std::nullopt;
    return source + segment->offset;
  }
  const int64_t offset = last_.offset - 1;
  if (last_.first != source) {
    Append({source, kDropped});
    Append({source + 1, offset});
  } else if (count_ > 1 && At(count_ - 2).offset == kDropped) {
    // The run of dropped numbers just before grows by one.
    Replace({source + 1, offset});
  } else {
    Replace({source, kDropped});
    Append({source + 1, offset});
  }
  newest_ = source;
  next_ = source + 1 + offset;
  return std::nullopt;
}

int64_t OffsetMap::Insert() {
  if (active()) {
    if (last_.first == newest_ + 1) {
      Replace({last_.first, last_.offset + 1});
    } else {
      Append({newest_ + 1, last_.offset + 1});
    }
  }
  return next_++;
}

const OffsetMap::Segment* OffsetMap::Find(int64_t source) const {
  for (size_t i = count_; i-- > 0;) {
    const Segment& segment = At(i);
    if (segment.first <= source) return &segment;
  }
  return nullptr;
}

void OffsetMap::Append(Segment segment) {
  if (count_ == kSegments) {
    head_ = (head_ + 1) % kSegments;
    --count_;
  }
  if (count_ == segments_.size()) Grow();
  ++count_;
  Replace(segment);
}

void OffsetMap::Replace(Segment segment) {
  Last() = segment;
  last_ = segment;
}

void OffsetMap::Grow() {
  std::vector<Segment> larger(std::max(kFirstSegments, segments_.size() * 2));
  for (size_t i = 0; i < count_; ++i) larger[i] = At(i);
  segments_ = std::move(larger);
  head_ = 0;
}

}  // namespace conclave::media
