// What waits to be sent to one receiver. Filled while a batch is taken in (one entry per wanted
// packet), drained when the batch is sent: so all packets for a receiver leave together, as GSO
// runs. Where the path is full (media/pacer.h) they wait here, as references to source packets.
// Sequence and transport numbers are given at the flush, never here (decisions 26).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/prefetch.h"
#include "base/ring_pool.h"
#include "base/ring_queue.h"
#include "base/time.h"
#include "media/packet_pool.h"
#include "router/participant_index.h"

namespace conclave::router {

struct EgressEntry {
  // Empty: send again what the slot sent as `sequence`.
  media::PacketRef packet;
  // Index into the receiver's slots.
  uint16_t slot = 0;
  uint16_t sequence = 0;
  // What the slot sent as `sequence` leaves again unchanged, not as RTX.
  bool copy = false;
  // A key frame behind it made it needless: the slot closes its numbers over it.
  bool skip = false;
};

// The receivers that have something to send, in the order in which they got it. They leave in
// passes: who gets something during one, which may be sent piece by piece, comes with the next.
class SendOrder {
 public:
  void Add(ParticipantIndex receiver) { receivers_.push_back(receiver); }
  bool empty() const { return next_ == receivers_.size(); }
  // All that are in it now are the next pass.
  void BeginPass() { pass_end_ = receivers_.size(); }
  bool pass_done() const { return next_ >= pass_end_; }
  // Requires that the pass is not done.
  ParticipantIndex front() const { return receivers_[next_]; }
  // The one that comes `ahead` after the front.
  std::optional<ParticipantIndex> Peek(size_t ahead) const {
    if (receivers_.size() - next_ <= ahead) return std::nullopt;
    return receivers_[next_ + ahead];
  }
  void Pop() {
    if (++next_ < receivers_.size() && next_ < kForgottenMax) return;
    receivers_.erase(receivers_.begin(), receivers_.begin() + static_cast<ptrdiff_t>(next_));
    pass_end_ -= std::min(pass_end_, next_);
    next_ = 0;
  }
  // How far apart flushes are at present, where there is always something to send.
  Duration turn() const { return turn_; }
  void set_turn(Duration turn) { turn_ = turn; }
  // Of the queues of all of them.
  RingPool<EgressEntry>& memory() { return memory_; }

 private:
  // Of a shard that always has something to send; moving as many as still wait is nothing beside.
  static constexpr size_t kForgottenMax = 1024;
  std::vector<ParticipantIndex> receivers_;
  size_t next_ = 0;
  size_t pass_end_ = 0;
  Duration turn_;
  RingPool<EgressEntry> memory_;
};

class Egress {
 public:
  // Per priority: more than a second of a large screen share; then the receiver's path is dead.
  // Audio never waits for the pacer, so it does not come near this.
  static constexpr size_t kEntriesMax = 2048;
  // What a packet has beside its plaintext, and what a retransmission takes: good enough to know
  // how long the queue is.
  static constexpr int64_t kOverheadBytes = 40;
  static constexpr int64_t kRepairBytes = 1200;
  // How far LargestAudioBehind looks.
  static constexpr size_t kLookAhead = 16;
  // What leaves first: a late voice is worse than a late repair, and that worse than a late
  // picture.
  enum class Priority : uint8_t { kAudio, kRetransmission, kVideo };
  static constexpr size_t kPriorities = 3;

  // `order` outlives this.
  Egress(ParticipantIndex self, SendOrder& order) : self_(self), order_(order) {}
  ~Egress() { Close(); }
  Egress(const Egress&) = delete;
  Egress& operator=(const Egress&) = delete;

  // Before it is opened (and after it is closed) everything is dropped.
  void Open() { open_ = true; }
  void Close();
  bool open() const { return open_; }

  // Video that does not fit is dropped, and makes all of it worthless: TakeOverflow.
  void Push(Priority priority, EgressEntry entry);
  // Hints what Push will touch.
  void PrefetchForPush() const { Prefetch(*this); }
  // The highest priority that something waits at.
  std::optional<Priority> Next() const {
    if (waiting_ == 0) return std::nullopt;
    return static_cast<Priority>(std::countr_zero(waiting_));
  }
  // Require an entry of that priority. The reference stays valid until Pop or Push.
  EgressEntry& Front(Priority priority) { return QueueOf(priority).front(); }
  const EgressEntry& Front(Priority priority) const { return QueueOf(priority).front(); }
  void Pop(Priority priority);
  // Of what leaves next.
  void PrefetchFront() const;
  // Requires audio. The largest payload among the packets that wait behind the front; zero: there
  // is none.
  size_t LargestAudioBehind() const;
  // What was seen of the frame at the front of the video, for one packet of it after the other.
  class Frame {
    friend class Egress;
    // All of a frame that is no key frame, mostly.
    static constexpr size_t kPacketsMax = 32;
    // Of its packets, the largest payload among those behind each.
    std::array<uint16_t, kPacketsMax> largest_behind_;
    size_t next_ = 0;
    size_t count_ = 0;
  };
  // Requires video. The largest payload among the packets of its frame that come next behind the
  // front; zero: none does. To be called once for each packet that is popped; `seen` is good until
  // the video changes in any other way.
  size_t LargestBehind(Frame& seen) const;

  // Of everything that the pacer holds back.
  int64_t queued_bytes() const { return queued_bytes_; }
  // When the oldest video that waits came in; Never: none does.
  Instant oldest_video() const;
  // Whether a key frame came in since the last SkipSuperseded.
  bool has_new_key_frame() const { return new_key_frame_; }
  // Marks the video that a later key frame of its slot makes needless, but for what is left of the
  // slot's oldest frame, which may have begun to leave. That is needless too where it is more than
  // `finish_bytes` of another source: half a frame is nothing, and the key frame waits behind it.
  // Of the same source it may be a key frame itself, and one must get through though more follow.
  // `is_target(slot, info)`: the slot is to carry this source from the key frame on; another
  // source's key frame is of use for itself only.
  template <typename IsTarget>
  void SkipSuperseded(int64_t finish_bytes, const IsTarget& is_target);
  // Video did not fit since the last call, or it was asked to be shed.
  bool TakeOverflow() { return std::exchange(overflow_, false); }
  // The pool runs dry: the next flush drops all video that waits.
  void ShedVideo();
  // Drops all video; calls `dropped(slot)` for each packet of it.
  template <typename Dropped>
  void ClearVideo(const Dropped& dropped);

  Duration turn() const { return order_.turn(); }

  // Something may leave: into the order.
  void List();
  // The owner has drained it, as far as may be, and taken it out of the order.
  void Drained() { listed_ = false; }
  // Entries that did not fit, ever.
  uint64_t dropped() const { return dropped_; }

 private:
  RingQueue<EgressEntry>& QueueOf(Priority priority) {
    return queues_[static_cast<size_t>(priority)];
  }
  const RingQueue<EgressEntry>& QueueOf(Priority priority) const {
    return queues_[static_cast<size_t>(priority)];
  }
  static unsigned BitOf(Priority priority) { return 1U << static_cast<unsigned>(priority); }
  static int64_t BytesOf(Priority priority, const EgressEntry& entry);
  static bool SameFrame(const media::PacketInfo& a, const media::PacketInfo& b) {
    return a.track == b.track && a.layer == b.layer && a.timestamp == b.timestamp;
  }
  void Skip(EgressEntry& entry);
  void See(Frame& frame) const;
  // Of the frame that the video entry belongs to, what its slot has from there up to `end`.
  int64_t FrameBytes(size_t index, size_t end) const;
  // Whether the video entry came by retransmission, after others that follow it: a key frame that
  // did makes nothing needless.
  bool IsLate(size_t index);

  const ParticipantIndex self_;
  SendOrder& order_;
  bool open_ = false;
  // Whether `order_` names this receiver.
  bool listed_ = false;
  bool overflow_ = false;
  bool new_key_frame_ = false;
  // The queues that are not empty, a bit each.
  unsigned waiting_ = 0;
  int64_t queued_bytes_ = 0;
  uint64_t dropped_ = 0;
  RingQueue<EgressEntry> queues_[kPriorities] = {
      RingQueue<EgressEntry>(kEntriesMax, order_.memory()),
      RingQueue<EgressEntry>(kEntriesMax, order_.memory()),
      RingQueue<EgressEntry>(kEntriesMax, order_.memory())};
};

template <typename IsTarget>
void Egress::SkipSuperseded(int64_t finish_bytes, const IsTarget& is_target) {
  new_key_frame_ = false;
  RingQueue<EgressEntry>& video = QueueOf(Priority::kVideo);
  for (size_t at = video.size(); at-- > 1;) {
    const EgressEntry& key = video[at];
    const media::PacketInfo& info = key.packet->info;
    if (key.skip || !info.frame.key_frame || !info.frame.frame_start) continue;
    if (IsLate(at)) continue;
    const bool target = is_target(key.slot, info);
    const media::PacketInfo* begun = nullptr;
    bool finish = false;
    for (size_t i = 0; i < at; ++i) {
      EgressEntry& entry = video[i];
      if (entry.skip || entry.slot != key.slot) continue;
      const media::PacketInfo& before = entry.packet->info;
      const bool same = before.track == info.track && before.layer == info.layer;
      if (!target && !same) continue;
      if (!begun) {
        begun = &before;
        finish = same || FrameBytes(i, at) <= finish_bytes;
      }
      const bool kept = finish && SameFrame(*begun, before);
      if (!kept && !SameFrame(info, before)) Skip(entry);
    }
  }
}

template <typename Dropped>
void Egress::ClearVideo(const Dropped& dropped) {
  RingQueue<EgressEntry>& video = QueueOf(Priority::kVideo);
  while (!video.empty()) {
    dropped(video.front().slot);
    Pop(Priority::kVideo);
  }
}

}  // namespace conclave::router
