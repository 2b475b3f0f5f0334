#include "media/send_history.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "base/prefetch.h"

namespace conclave::media {
namespace {

// A second of a thumbnail.
constexpr size_t kFirstRing = 32;

}  // namespace

SendHistory::SendHistory(size_t packets_max) : packets_max_(std::bit_ceil(packets_max)) {}

void SendHistory::Insert(SlotPacket packet) {
  const int64_t index = packet.header.index;
  CHECK(index >= 0);
  Expire(packet.sent_at);
  if (index > newest_) {
    Advance(index);
  } else if (index < oldest_) {
    // A late packet is worth keeping only where its place in the ring is free.
    if (newest_ - index >= static_cast<int64_t>(ring_.size())) return;
    oldest_ = index;
  }
  Entry& entry = At(index);
  if (entry.held) return;
  if (packet.source && packet.source->info.frame.key_frame) {
    key_frame_ = std::max(key_frame_, index);
  }
  entry.packet = std::move(packet);
  entry.held = true;
  entry.resent = false;
  ++held_;
}

const SlotPacket* SendHistory::TakeForResend(Instant now, uint16_t sequence, Duration rtt) {
  if (held_ == 0) return nullptr;
  const int64_t index = newest_ + static_cast<int16_t>(sequence - static_cast<uint16_t>(newest_));
  if (!Holds(index)) return nullptr;
  Entry& entry = At(index);
  if (!entry.packet.source || Expired(entry, now)) return nullptr;
  const Duration spacing = std::max(rtt, kResendSpacingMin);
  if (entry.resent && now - entry.resent_at < spacing) return nullptr;
  entry.resent = true;
  entry.resent_at = now;
  return &entry.packet;
}

const SlotPacket* SendHistory::TakeForProbe(Instant now, size_t payload_bytes_max) {
  if (held_ == 0) return nullptr;
  const int64_t last = std::max(oldest_, newest_ - kProbeSearch + 1);
  for (int64_t index = newest_; index >= last; --index) {
    if (!Holds(index)) continue;
    Entry& entry = At(index);
    if (entry.resent || !entry.packet.source || Expired(entry, now)) continue;
    if (entry.packet.source->info.payload_bytes > payload_bytes_max) continue;
    entry.resent = true;
    entry.resent_at = now;
    return &entry.packet;
  }
  return nullptr;
}

void SendHistory::ListFromKeyFrame(Instant now, std::vector<uint16_t>& out) const {
  if (!HasKeyFrame(now)) return;
  for (int64_t index = key_frame_; index <= newest_; ++index) {
    if (Holds(index) && At(index).packet.source) out.push_back(static_cast<uint16_t>(index));
  }
}

bool SendHistory::HasKeyFrame(Instant now) const {
  return key_frame_ >= 0 && Holds(key_frame_) && !Expired(At(key_frame_), now);
}

void SendHistory::Expire(Instant now) {
  while (held_ > 0) {
    Entry& entry = At(oldest_);
    if (entry.held) {
      if (!Expired(entry, now)) return;
      Let(entry);
    }
    ++oldest_;
  }
}

void SendHistory::DropBefore(Instant before) {
  while (held_ > 0) {
    Entry& entry = At(oldest_);
    if (entry.held) {
      if (entry.packet.sent_at >= before) return;
      Let(entry);
    }
    ++oldest_;
  }
}

void SendHistory::PrefetchForInsert() const {
  if (ring_.empty()) return;
  Prefetch(At(newest_ + 1));
  Prefetch(At(oldest_));
}

bool SendHistory::Holds(int64_t index) const {
  return held_ > 0 && index >= oldest_ && index <= newest_ && At(index).held;
}

bool SendHistory::Expired(const Entry& entry, Instant now) const {
  const bool since_key_frame = key_frame_ >= 0 && entry.packet.header.index >= key_frame_;
  return now - entry.packet.sent_at > (since_key_frame ? kKeyFrameAgeMax : kNackAgeMax);
}

void SendHistory::Let(Entry& entry) {
  entry.packet.source.Reset();
  entry.held = false;
  --held_;
}

void SendHistory::Advance(int64_t index) {
  if (held_ == 0) oldest_ = index;
  while (held_ > 0 && index - oldest_ >= static_cast<int64_t>(ring_.size())) {
    if (ring_.size() < packets_max_) {
      Grow();
      continue;
    }
    if (At(oldest_).held) Let(At(oldest_));
    ++oldest_;
  }
  if (held_ == 0) oldest_ = index;
  if (ring_.empty()) ring_.resize(std::min(kFirstRing, packets_max_));
  newest_ = index;
}

void SendHistory::Grow() {
  std::vector<Entry> larger(ring_.size() * 2);
  for (int64_t index = oldest_; index <= newest_; ++index) {
    larger[static_cast<size_t>(index) & (larger.size() - 1)] = std::move(At(index));
  }
  ring_ = std::move(larger);
}

}  // namespace conclave::media
