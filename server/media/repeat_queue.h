// The audio packets of one receiver that are to leave once more (decisions 17 and 25), and when:
// unchanged to the last byte, or as a block of a later packet where the receiver takes such
// (RFC 2198).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "media/repeat_policy.h"
#include "media/send_history.h"

namespace conclave::media {

// Holds references to source packets, never copies. Allocates only at a new record.
class RepeatQueue {
 public:
  // Five voices for a second.
  static constexpr size_t kPacketsMax = 256;
  // For NACKs: what is asked for later comes too late for a jitter buffer.
  static constexpr Duration kNackAgeMax = Duration::Millis(200);

  // So much before its time a copy may leave as a block of a packet that leaves anyhow, and so long
  // after its time it waits for one: a frame's 20 ms and a little find every packet of a voice that
  // goes on, and rather too early than too late. Behind the last one of a spell nothing comes, and
  // the copy leaves alone.
  static constexpr Duration kBlockEarly = Duration::Millis(15);
  static constexpr Duration kBlockLate = Duration::Millis(10);
  // Copies are further apart than this where losses come in bursts, and then no block is in time.
  static constexpr Duration kBlockSpacingMax = Duration::Millis(35);
  // A packet with blocks is not larger than this, without its header.
  static constexpr size_t kPayloadBytesMax = 1000;

  struct Copy {
    uint16_t slot = 0;
    uint16_t sequence = 0;
  };
  // An earlier packet of the slot, as it travels within a later one.
  struct Block {
    PacketRef source;
    uint8_t payload_type = 0;
    uint16_t timestamp_offset = 0;
    uint16_t transport_sequence = 0;
  };
  // The oldest first.
  struct Blocks {
    std::array<Block, RepeatPolicy::kCopiesMax> list;
    uint8_t count = 0;

    std::span<const Block> span() const { return std::span(list).first(count); }
    bool empty() const { return count == 0; }
  };
  // As a packet left for the first time.
  struct Sent {
    SlotPacket packet;
    Blocks blocks;
  };
  enum class Form : uint8_t { kCopies, kBlocks };

  // How `plan` is best carried out. A jitter buffer waits for copies, since it takes them for late
  // packets, but not for blocks: only those of the very next packet are in time
  // (docs/loss-repair.md has the measurement).
  static Form FormOf(const RepeatPlan& plan, bool takes_blocks);

  // The copies that are to leave within `carrier`, a packet of the slot that leaves now and is not
  // known here yet: they are due about now, and count as sent.
  Blocks TakeBlocks(Instant now, uint16_t slot, const SlotPacket& carrier);
  // The slot carries another source from here on: what it sent before is no block of what follows.
  void OnSourceBegins(uint16_t slot);
  // The packet left for the first time, at packet.sent_at. `keep`: the receiver may ask for it.
  void OnSent(uint16_t slot, Sent sent, const RepeatPlan& plan, Form form, bool keep);
  // The next copy that is due; call until there is none.
  std::optional<Copy> TakeDue(Instant now);
  Instant NextDeadline() const;

  // To write it again; null where it has gone. Valid until the next call.
  const Sent* Find(uint16_t slot, uint16_t sequence) const;
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
    Sent sent;
    RepeatPlan plan;
    Instant last_sent;
    uint16_t slot = 0;
    // Of its copies, by number, those that left as blocks.
    uint8_t carried = 0;
    Form form = Form::kCopies;
    bool keep = false;

    Instant sent_at() const { return sent.packet.sent_at; }
  };

  Entry& At(uint64_t number) { return entries_[number & (entries_.size() - 1)]; }
  const Entry& At(uint64_t number) const { return entries_[number & (entries_.size() - 1)]; }
  std::optional<uint64_t> NumberOf(uint16_t slot, uint16_t sequence) const;
  Instant DueAt(size_t copy) const;
  std::optional<size_t> CopyForBlock(Instant now, uint64_t number) const;
  void Pop();
  void Grow();
  // Moves each copy's place on to a packet that has that copy.
  void SkipUnplanned();

  // Two voices for as long as they are kept.
  static constexpr size_t kFirst = 16;
  // Its size is a power of two (or none).
  std::vector<Entry> entries_;
  // All numbers from begin_ up to end_ are held.
  uint64_t begin_ = 0;
  uint64_t end_ = 0;
  // The packet whose copy of that number is next.
  std::array<uint64_t, RepeatPolicy::kCopiesMax> next_{};
};

}  // namespace conclave::media
