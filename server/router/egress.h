// What waits to be sent to one receiver. Filled while a batch is taken in (one entry per wanted
// packet), drained when the batch is sent: so all packets for a receiver leave together, as GSO
// runs.
//
// This is also where the pacer of a later version stands: it decides how much of the queue may
// leave now. Sequence and transport numbers are given at the flush, never here (decisions 26).
#pragma once

#include <cstdint>
#include <vector>

#include "media/packet_pool.h"
#include "router/participant_index.h"
#include "router/ring_queue.h"

namespace conclave::router {

// The receivers that have something to send, in the order in which they got it.
class SendOrder {
 public:
  void Add(ParticipantIndex receiver) { receivers_.push_back(receiver); }
  bool empty() const { return next_ == receivers_.size(); }
  ParticipantIndex front() const { return receivers_[next_]; }
  void Pop() {
    if (++next_ < receivers_.size()) return;
    receivers_.clear();
    next_ = 0;
  }

 private:
  std::vector<ParticipantIndex> receivers_;
  size_t next_ = 0;
};

struct EgressEntry {
  // Empty: send again what the slot sent as `sequence`, or (by its priority) padding.
  media::PacketRef packet;
  // Index into the receiver's slots.
  uint16_t slot = 0;
  uint16_t sequence = 0;
  bool padding = false;
  // What the slot sent as `sequence` leaves again unchanged, not as RTX.
  bool copy = false;
};

class Egress {
 public:
  // Per priority: more than a second of a large screen share; then the receiver's path is dead.
  static constexpr size_t kEntriesMax = 2048;
  // What leaves first: a late voice is worse than a late repair, and that worse than a late
  // picture. Padding measures the path, and is of no other use.
  enum class Priority : uint8_t { kAudio, kRetransmission, kVideo, kPadding };

  // `order` outlives this.
  Egress(ParticipantIndex self, SendOrder& order) : self_(self), order_(order) {}

  // Before it is opened (and after it is closed) everything is dropped.
  void Open() { open_ = true; }
  void Close();
  bool open() const { return open_; }

  void Push(Priority priority, EgressEntry entry);
  // The next entry, or null. Stays valid until Pop or Push.
  EgressEntry* Front();
  // Requires Front() to have returned an entry.
  void Pop();
  // The owner has drained it and taken it out of the order.
  void Drained() { listed_ = false; }
  // Entries that did not fit, ever.
  uint64_t dropped() const { return dropped_; }

 private:
  RingQueue<EgressEntry>& QueueOf(Priority priority) {
    return queues_[static_cast<size_t>(priority)];
  }

  const ParticipantIndex self_;
  SendOrder& order_;
  bool open_ = false;
  // Whether `order_` names this receiver.
  bool listed_ = false;
  uint64_t dropped_ = 0;
  RingQueue<EgressEntry> queues_[4] = {
      RingQueue<EgressEntry>(kEntriesMax), RingQueue<EgressEntry>(kEntriesMax),
      RingQueue<EgressEntry>(kEntriesMax), RingQueue<EgressEntry>(kEntriesMax)};
};

}  // namespace conclave::router
