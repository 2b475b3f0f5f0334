// The memory of all send histories of a shard: one place for all, since their peaks do not
// coincide.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "media/packet_pool.h"

namespace conclave::media {

// What is needed of a SlotPacket to send it again, and what became of it, packed: there is one for
// every packet that any receiver may ask for again.
struct SentRecord {
  enum Flag : uint8_t {
    kHeld = 1,
    kMarker = 2,
    kDescriptor = 4,
    kActiveTargets = 8,
    kResent = 16,
  };
  PacketRef source;
  uint32_t timestamp = 0;
  // Milliseconds of the server's clock, low bits: a record lives for seconds.
  uint32_t sent_ms = 0;
  uint32_t active_targets = 0;
  uint16_t picture_id = 0;
  uint16_t frame_number = 0;
  // After sent_ms.
  uint16_t resent_after_ms = 0;
  uint8_t tl0_picture_index = 0;
  uint8_t payload_type = 0;
  uint8_t template_shift = 0;
  uint8_t flags = 0;
};
static_assert(sizeof(SentRecord) == 32);

// So many of one slot, in their order: 200 ms of a thumbnail's video.
inline constexpr size_t kHistoryChunkRecords = 8;
using HistoryChunk = std::array<SentRecord, kHistoryChunkRecords>;

// Makes chunks where it has none left, and keeps those that come back. Its size is bounded by its
// users: SendHistory::kPacketsMax each. Outlives them.
class HistoryPool {
 public:
  // All records of a chunk are empty.
  std::unique_ptr<HistoryChunk> Take() {
    ++in_use_;
    if (spare_.empty()) return std::make_unique<HistoryChunk>();
    std::unique_ptr<HistoryChunk> chunk = std::move(spare_.back());
    spare_.pop_back();
    return chunk;
  }
  // Requires that all its records are empty again.
  void Give(std::unique_ptr<HistoryChunk> chunk) {
    --in_use_;
    spare_.push_back(std::move(chunk));
  }
  // Gives back memory, where much less is needed than was: call now and then. What stays is for as
  // much again as is in use.
  void Trim() {
    const size_t kept = in_use_ + kSparesMin;
    if (spare_.size() <= 2 * kept) return;
    spare_.resize(kept);
    spare_.shrink_to_fit();
  }

  size_t in_use() const { return in_use_; }
  size_t spare() const { return spare_.size(); }

 private:
  // A few streams' worth: who is alone in a room does not allocate at each key frame.
  static constexpr size_t kSparesMin = 64;
  std::vector<std::unique_ptr<HistoryChunk>> spare_;
  size_t in_use_ = 0;
};

}  // namespace conclave::media
