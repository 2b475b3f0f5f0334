// The audio packets of one receiver that are to leave once more, unchanged to the last byte
// (decisions 17 and 25), and when.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "media/repeat_policy.h"
#include "media/send_history.h"

namespace conclave::media {

// Holds references to source packets, never copies. Allocates once, with the first packet.
class RepeatQueue {
 public:
  // Five voices for a second.
  static constexpr size_t kPacketsMax = 256;
  // For NACKs: what is asked for later comes too late for a jitter buffer.
  static constexpr Duration kNackAgeMax = Duration::Millis(200);

  struct Copy {
    uint16_t slot = 0;
    uint16_t sequence = 0;
  };

  // The packet left for the first time, at packet.sent_at. `keep`: the receiver may ask for it.
  void OnSent(uint16_t slot, const SlotPacket& packet, const RepeatPlan& plan, bool keep);
  // The next copy that is due; call until there is none.
  std::optional<Copy> TakeDue(Instant now);
  Instant NextDeadline() const;

  // To write it again; null where it has gone. Valid until the next call.
  const SlotPacket* Find(uint16_t slot, uint16_t sequence) const;
  // Whether a NACK for it is worth an answer: it is young, and did not leave again within `rtt`.
  bool TakeForNack(Instant now, uint16_t slot, uint16_t sequence, Duration rtt);

  // Lets go of what nobody will want again; OnSent and TakeDue do so too.
  void Expire(Instant now);
  // Lets go of what was sent before: the packet pool is exhausted.
  void DropBefore(Instant before);
  size_t size() const { return static_cast<size_t>(end_ - begin_); }

 private:
  // What is due is found again by the flush, which comes a little later.
  static constexpr Duration kFlushWait = Duration::Millis(100);

  struct Entry {
    SlotPacket packet;
    RepeatPlan plan;
    Instant last_sent;
    uint16_t slot = 0;
    bool keep = false;
  };

  Entry& At(uint64_t number) { return entries_[number % kPacketsMax]; }
  const Entry& At(uint64_t number) const { return entries_[number % kPacketsMax]; }
  std::optional<uint64_t> NumberOf(uint16_t slot, uint16_t sequence) const;
  Instant DueAt(size_t copy) const;
  void Pop();
  // Moves each copy's place on to a packet that has that copy.
  void SkipUnplanned();

  std::vector<Entry> entries_;
  // All numbers from begin_ up to end_ are held.
  uint64_t begin_ = 0;
  uint64_t end_ = 0;
  // The packet whose copy of that number is next.
  std::array<uint64_t, RepeatPolicy::kCopiesMax> next_{};
};

}  // namespace conclave::media
