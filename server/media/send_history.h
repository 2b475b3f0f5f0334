// What a receive slot was sent, by output sequence number: references to source packets plus all
// that is needed to build each again as RTX (RFC 4588). Never a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "media/history_pool.h"
#include "media/packet_pool.h"
#include "media/slot_rewriter.h"
#include "wire/dependency_descriptor.h"

namespace conclave::media {

struct SlotPacket {
  // Empty for a packet of padding only.
  PacketRef source;
  SlotHeader header;
  uint8_t payload_type = 0;
  bool marker = false;
  // What is exchanged in the source's dependency descriptor; none: the packet leaves without one.
  std::optional<wire::DescriptorRewrite> descriptor;
  // Added by us at the end, the count byte included.
  uint8_t padding_bytes = 0;
  // The transport-wide number it left with. A retransmission without RTX repeats it.
  bool has_transport_sequence = false;
  uint16_t transport_sequence = 0;
  // 24 bits; meaningful only where the slot has the extension.
  uint32_t abs_send_time = 0;
  Instant sent_at;
};

// One per slot. Holds as much memory as what it holds needs, in chunks of the shard's pool; at most
// `packets_max` packets.
class SendHistory {
 public:
  // Older packets come too late for any jitter buffer that a call can bear.
  static constexpr Duration kNackAgeMax = Duration::Seconds(1);
  // The newest key frame and all after it stay longer, for a receiver that lost its beginning
  // (decisions 23).
  static constexpr Duration kKeyFrameAgeMax = Duration::Seconds(2);
  // Where the RTT is not known or tiny: more often than this is one loss told twice.
  static constexpr Duration kResendSpacingMin = Duration::Millis(10);
  // Two seconds at 512 packets per second: more than 4 Mbps.
  static constexpr size_t kPacketsMax = 1024;
  // How far back a probe looks: a few frames.
  static constexpr int64_t kProbeSearch = 64;

  // `pool` outlives this.
  explicit SendHistory(HistoryPool& pool, size_t packets_max = kPacketsMax);
  ~SendHistory();
  SendHistory(SendHistory&& other) noexcept;
  SendHistory& operator=(SendHistory&& other) noexcept;

  // Each index at most once, in any order; one that is older than what the ring spans is ignored.
  // `sent_at` of the packet is the time. What a retransmission has of its own (padding, the
  // transport-wide number, the send time) is not kept.
  void Insert(SlotPacket&& packet);

  // Hints what the next Insert will touch: with 0, and when that has been loaded with 1.
  void PrefetchForInsert(int step) const;

  // The packet to send again for a NACK; nullopt where it is unknown, too old, padding only, or was
  // sent again less than an RTT ago. Counts as sent again from now on.
  std::optional<SlotPacket> TakeForResend(Instant now, uint16_t sequence, Duration rtt);

  // A packet to send again because the path is to be measured, where that may as well repair
  // something: the newest that was not sent again, payload of `payload_bytes_max` at most.
  // nullopt where there is none among the last ones. Otherwise like TakeForResend.
  std::optional<SlotPacket> TakeForProbe(Instant now, size_t payload_bytes_max);

  // Appends the sequence numbers from the newest key frame's first packet on, oldest first: for
  // TakeForResend. Appends none where no key frame is held.
  void ListFromKeyFrame(Instant now, std::vector<uint16_t>& out) const;
  bool HasKeyFrame(Instant now) const;

  // Lets go of what is too old; Insert does so too, once for each chunk. Call now and then on slots
  // that stand still.
  void Expire(Instant now);
  // Lets go of everything sent before `before`: the packet pool is exhausted.
  void DropBefore(Instant before);

  // Packets held.
  size_t size() const { return held_; }

 private:
  using Chunk = std::unique_ptr<HistoryChunk>;
  static constexpr int64_t kChunk = static_cast<int64_t>(kHistoryChunkRecords);
  static int64_t ChunkOf(int64_t index) { return index / kChunk; }

  // Its place in chunks_.
  Chunk& At(int64_t chunk) { return chunks_[static_cast<size_t>(chunk) & (chunks_.size() - 1)]; }
  const Chunk& At(int64_t chunk) const {
    return chunks_[static_cast<size_t>(chunk) & (chunks_.size() - 1)];
  }
  // Null where nothing is held.
  SentRecord* Find(int64_t index);
  const SentRecord* Find(int64_t index) const;
  SentRecord& Place(int64_t index);
  bool Expired(const SentRecord& record, int64_t index, uint32_t now_ms) const;
  SlotPacket Resend(SentRecord& record, int64_t index, Instant now);
  // Lets go of the oldest as long as `old(record, index)` says so, and of chunks that are empty.
  template <typename Old>
  void PopWhile(const Old& old);
  void Advance(int64_t index);
  void MakeRoom(int64_t chunks);
  void Clear();

  HistoryPool* pool_;
  size_t packets_max_;
  // By ChunkOf(index), modulo their number, a power of two (or none); null where nothing is held.
  std::vector<Chunk> chunks_;
  // The newest record's place, for PrefetchForInsert.
  const SentRecord* latest_ = nullptr;
  size_t held_ = 0;
  // Everything held lies in [oldest_, newest_], at most packets_max_ indices.
  int64_t oldest_ = 0;
  int64_t newest_ = -1;
  // Of the newest key frame's first packet; -1 where there was none.
  int64_t key_frame_ = -1;
};

}  // namespace conclave::media
