#include "router/control_queue.h"

#include <cstring>

#include "base/check.h"

namespace conclave::router {

bool ControlQueue::Append(const Path& path, std::span<const uint8_t> bytes) {
  CHECK(bytes.size() <= kMaxDatagramBytes);
  if (bytes.empty()) return true;
  if (entries_.size() >= kDatagramsMax || bytes_.size() + bytes.size() > kBytesMax) {
    ++dropped_;
    return false;
  }
  entries_.push_back(
      {path, static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(bytes.size())});
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return true;
}

bool ControlQueue::Flush(SendBatch& batch) {
  for (; next_ < entries_.size(); ++next_) {
    const Entry& entry = entries_[next_];
    if (!batch.HasRoom(entry.size_bytes)) return true;
    std::memcpy(batch.Prepare(entry.size_bytes).data(), bytes_.data() + entry.offset,
                entry.size_bytes);
    batch.Commit(entry.path, entry.size_bytes);
    ++sent_;
    sent_bytes_ += entry.size_bytes;
  }
  entries_.clear();
  bytes_.clear();
  next_ = 0;
  return false;
}

}  // namespace conclave::router
