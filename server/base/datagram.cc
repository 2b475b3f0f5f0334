#include "base/datagram.h"

namespace conclave {

void SendBatch::Commit(const Path& path, size_t size_bytes) {
  CHECK(size_bytes > 0 && size_bytes <= kMaxDatagramBytes && used_ + size_bytes <= buffer_.size());
  const bool joins = size_bytes <= OpenSegmentBytes(path);
  if (!joins) {
    runs_.push_back({path, static_cast<uint32_t>(used_), 0, static_cast<uint16_t>(size_bytes)});
    last_run_segments_ = 0;
  }
  SendRun& last = runs_.back();
  last.size_bytes += static_cast<uint32_t>(size_bytes);
  used_ += size_bytes;
  ++last_run_segments_;
  // A run is closed by its first short segment.
  last_run_open_ = size_bytes == last.segment_bytes && last_run_segments_ < kMaxSegments &&
                   last.size_bytes + size_t{last.segment_bytes} <= kMaxRunBytes;
}

}  // namespace conclave
