#include "base/datagram.h"

namespace conclave {

size_t SendBatch::OpenSegmentBytes(const Path& path) const {
  if (runs_.empty()) return 0;
  const SendRun& last = runs_.back();
  // A run is closed by its first short segment: size_bytes % segment_bytes tells.
  const bool open = last.size_bytes % last.segment_bytes == 0;
  const bool room = last_run_segments_ < kMaxSegments &&
                    last.size_bytes + size_t{last.segment_bytes} <= kMaxRunBytes;
  return open && room && last.path == path ? last.segment_bytes : 0;
}

void SendBatch::Commit(const Path& path, size_t size_bytes) {
  CHECK(size_bytes > 0 && size_bytes <= kMaxDatagramBytes && used_ + size_bytes <= buffer_.size());
  if (size_bytes <= OpenSegmentBytes(path)) {
    runs_.back().size_bytes += static_cast<uint32_t>(size_bytes);
    used_ += size_bytes;
    ++last_run_segments_;
    return;
  }
  runs_.push_back({path, static_cast<uint32_t>(used_), static_cast<uint32_t>(size_bytes),
                   static_cast<uint16_t>(size_bytes)});
  used_ += size_bytes;
  last_run_segments_ = 1;
}

}  // namespace conclave
