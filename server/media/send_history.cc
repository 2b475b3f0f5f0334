#include "media/send_history.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "base/prefetch.h"

namespace conclave::media {
namespace {

// Chunks to begin with: a second of a thumbnail.
constexpr int64_t kFirstChunks = 4;

uint32_t LowMillis(Instant at) { return static_cast<uint32_t>(at.us() / 1000); }

Duration Since(uint32_t low_ms, Instant now) {
  return Duration::Millis(static_cast<int32_t>(LowMillis(now) - low_ms));
}

bool Has(const SentRecord& record, SentRecord::Flag flag) { return (record.flags & flag) != 0; }

// `index` is not kept: the record's place says it.
void Pack(SlotPacket&& packet, SentRecord& record) {
  record.source = std::move(packet.source);
  record.timestamp = packet.header.timestamp;
  record.picture_id = packet.header.picture_id;
  record.tl0_picture_index = packet.header.tl0_picture_index;
  record.payload_type = packet.payload_type;
  record.sent_ms = LowMillis(packet.sent_at);
  unsigned flags = SentRecord::kHeld;
  if (packet.marker) flags |= SentRecord::kMarker;
  if (packet.descriptor) {
    flags |= SentRecord::kDescriptor;
    record.frame_number = packet.descriptor->frame_number;
    record.template_shift = packet.descriptor->template_shift;
    if (packet.descriptor->active_targets) flags |= SentRecord::kActiveTargets;
    record.active_targets = packet.descriptor->active_targets.value_or(0);
  }
  record.flags = static_cast<uint8_t>(flags);
}

SlotPacket Unpack(const SentRecord& record, int64_t index, Instant now) {
  SlotPacket packet;
  packet.source = record.source;
  packet.header = {index, record.timestamp, record.picture_id, record.tl0_picture_index};
  packet.payload_type = record.payload_type;
  packet.marker = Has(record, SentRecord::kMarker);
  if (Has(record, SentRecord::kDescriptor)) {
    packet.descriptor = {record.frame_number, record.template_shift, std::nullopt};
    if (Has(record, SentRecord::kActiveTargets)) {
      packet.descriptor->active_targets = record.active_targets;
    }
  }
  packet.sent_at = now - Since(record.sent_ms, now);
  return packet;
}

}  // namespace

SendHistory::SendHistory(HistoryPool& pool, size_t packets_max)
    : pool_(&pool), packets_max_(std::bit_ceil(packets_max)) {}

SendHistory::~SendHistory() { Clear(); }

SendHistory::SendHistory(SendHistory&& other) noexcept
    : pool_(other.pool_), packets_max_(other.packets_max_) {
  *this = std::move(other);
}

SendHistory& SendHistory::operator=(SendHistory&& other) noexcept {
  if (this == &other) return *this;
  Clear();
  pool_ = other.pool_;
  packets_max_ = other.packets_max_;
  chunks_ = std::exchange(other.chunks_, {});
  latest_ = std::exchange(other.latest_, nullptr);
  held_ = std::exchange(other.held_, 0);
  oldest_ = other.oldest_;
  newest_ = other.newest_;
  key_frame_ = other.key_frame_;
  return *this;
}

void SendHistory::Clear() {
  PopWhile([](const SentRecord&, int64_t) { return true; });
}

void SendHistory::Insert(SlotPacket&& packet) {
  const int64_t index = packet.header.index;
  CHECK(index >= 0);
  if (index % kChunk == 0) Expire(packet.sent_at);
  if (index > newest_) {
    Advance(index);
  } else if (index < oldest_) {
    // A late packet is worth keeping only where there is room for it.
    if (newest_ - index >= static_cast<int64_t>(packets_max_)) return;
    MakeRoom(ChunkOf(newest_) - ChunkOf(index) + 1);
    oldest_ = index;
  }
  SentRecord& record = Place(index);
  if (Has(record, SentRecord::kHeld)) return;
  if (packet.source && packet.source->info.frame.key_frame) {
    key_frame_ = std::max(key_frame_, index);
  }
  Pack(std::move(packet), record);
  if (index == newest_) latest_ = &record;
  ++held_;
}

SlotPacket SendHistory::Resend(SentRecord& record, int64_t index, Instant now) {
  record.flags = static_cast<uint8_t>(record.flags | SentRecord::kResent);
  record.resent_after_ms =
      static_cast<uint16_t>(std::min<uint32_t>(LowMillis(now) - record.sent_ms, UINT16_MAX));
  return Unpack(record, index, now);
}

std::optional<SlotPacket> SendHistory::TakeForResend(Instant now, uint16_t sequence, Duration rtt) {
  if (held_ == 0) return std::nullopt;
  const int64_t index = newest_ + static_cast<int16_t>(sequence - static_cast<uint16_t>(newest_));
  SentRecord* record = Find(index);
  if (!record || !record->source || Expired(*record, index, LowMillis(now))) return std::nullopt;
  const Duration spacing = std::max(rtt, kResendSpacingMin);
  const uint32_t resent_ms = record->sent_ms + record->resent_after_ms;
  if (Has(*record, SentRecord::kResent) && Since(resent_ms, now) < spacing) {
    return std::nullopt;
  }
  return Resend(*record, index, now);
}

std::optional<SlotPacket> SendHistory::TakeForProbe(Instant now, size_t payload_bytes_max) {
  if (held_ == 0) return std::nullopt;
  const int64_t last = std::max(oldest_, newest_ - kProbeSearch + 1);
  for (int64_t index = newest_; index >= last; --index) {
    SentRecord* record = Find(index);
    if (!record || Has(*record, SentRecord::kResent) || !record->source) continue;
    if (Expired(*record, index, LowMillis(now))) continue;
    if (record->source->info.payload_bytes > payload_bytes_max) continue;
    return Resend(*record, index, now);
  }
  return std::nullopt;
}

void SendHistory::ListFromKeyFrame(Instant now, std::vector<uint16_t>& out) const {
  if (!HasKeyFrame(now)) return;
  for (int64_t index = key_frame_; index <= newest_; ++index) {
    const SentRecord* record = Find(index);
    if (record && record->source) out.push_back(static_cast<uint16_t>(index));
  }
}

bool SendHistory::HasKeyFrame(Instant now) const {
  const SentRecord* record = key_frame_ >= 0 ? Find(key_frame_) : nullptr;
  return record && !Expired(*record, key_frame_, LowMillis(now));
}

void SendHistory::Expire(Instant now) {
  PopWhile([this, now_ms = LowMillis(now)](const SentRecord& record, int64_t index) {
    return Expired(record, index, now_ms);
  });
}

void SendHistory::DropBefore(Instant before) {
  PopWhile([before_ms = LowMillis(before)](const SentRecord& record, int64_t) {
    return static_cast<int32_t>(record.sent_ms - before_ms) < 0;
  });
}

void SendHistory::PrefetchForInsert(int step) const {
  if (held_ == 0) return;
  const Chunk& oldest = At(ChunkOf(oldest_));
  if (step == 0) {
    Prefetch(latest_, static_cast<size_t>(kChunk - newest_ % kChunk) * sizeof(SentRecord));
    Prefetch(At(ChunkOf(newest_)));
    Prefetch(oldest);
  } else if (oldest) {
    Prefetch(*oldest);
  }
}

SentRecord* SendHistory::Find(int64_t index) {
  return const_cast<SentRecord*>(std::as_const(*this).Find(index));
}

const SentRecord* SendHistory::Find(int64_t index) const {
  if (held_ == 0 || index < oldest_ || index > newest_) return nullptr;
  const Chunk& chunk = At(ChunkOf(index));
  if (!chunk) return nullptr;
  const SentRecord& record = (*chunk)[static_cast<size_t>(index % kChunk)];
  return Has(record, SentRecord::kHeld) ? &record : nullptr;
}

SentRecord& SendHistory::Place(int64_t index) {
  Chunk& chunk = At(ChunkOf(index));
  if (!chunk) chunk = pool_->Take();
  return (*chunk)[static_cast<size_t>(index % kChunk)];
}

bool SendHistory::Expired(const SentRecord& record, int64_t index, uint32_t now_ms) const {
  const bool since_key_frame = key_frame_ >= 0 && index >= key_frame_;
  const Duration age_max = since_key_frame ? kKeyFrameAgeMax : kNackAgeMax;
  return static_cast<int32_t>(now_ms - record.sent_ms) > age_max.ms();
}

template <typename Old>
void SendHistory::PopWhile(const Old& old) {
  while (held_ > 0) {
    Chunk& chunk = At(ChunkOf(oldest_));
    const int64_t end = (ChunkOf(oldest_) + 1) * kChunk;
    for (; chunk && oldest_ < end && held_ > 0; ++oldest_) {
      SentRecord& record = (*chunk)[static_cast<size_t>(oldest_ % kChunk)];
      if (!Has(record, SentRecord::kHeld)) continue;
      if (!old(record, oldest_)) return;
      record.source.Reset();
      record.flags = 0;
      --held_;
    }
    if (chunk) pool_->Give(std::move(chunk));
    if (held_ > 0) oldest_ = end;
  }
  // A slot that stands still keeps nothing.
  chunks_ = std::vector<Chunk>();
}

void SendHistory::Advance(int64_t index) {
  PopWhile([this, index](const SentRecord&, int64_t at) {
    return index - at >= static_cast<int64_t>(packets_max_);
  });
  if (held_ == 0) oldest_ = index;
  MakeRoom(ChunkOf(index) - ChunkOf(oldest_) + 1);
  newest_ = index;
}

void SendHistory::MakeRoom(int64_t chunks) {
  if (static_cast<int64_t>(chunks_.size()) >= chunks) return;
  std::vector<Chunk> larger(std::bit_ceil(static_cast<size_t>(std::max(chunks, kFirstChunks))));
  for (int64_t at = ChunkOf(oldest_); at <= ChunkOf(newest_) && !chunks_.empty(); ++at) {
    Chunk& moved = At(at);
    if (moved) larger[static_cast<size_t>(at) & (larger.size() - 1)] = std::move(moved);
  }
  chunks_ = std::move(larger);
}

}  // namespace conclave::media
