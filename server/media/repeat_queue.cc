#include "media/repeat_queue.h"

#include <algorithm>

namespace conclave::media {

void RepeatQueue::OnSent(uint16_t slot, const SlotPacket& packet, const RepeatPlan& plan,
                         bool keep) {
  Expire(packet.sent_at);
  if (plan.copies == 0 && !keep) return;
  if (entries_.empty()) entries_.resize(kPacketsMax);
  if (size() == kPacketsMax) Pop();
  At(end_++) = {packet, plan, packet.sent_at, slot, keep};
  SkipUnplanned();
}

void RepeatQueue::SkipUnplanned() {
  for (size_t copy = 0; copy < next_.size(); ++copy) {
    while (next_[copy] < end_ && At(next_[copy]).plan.copies <= copy) ++next_[copy];
  }
}

Instant RepeatQueue::DueAt(size_t copy) const {
  if (next_[copy] == end_) return Instant::Never();
  const Entry& entry = At(next_[copy]);
  return entry.packet.sent_at + entry.plan.spacing * static_cast<int64_t>(copy + 1);
}

std::optional<RepeatQueue::Copy> RepeatQueue::TakeDue(Instant now) {
  for (size_t copy = 0; copy < next_.size(); ++copy) {
    if (DueAt(copy) > now) continue;
    Entry& entry = At(next_[copy]++);
    entry.last_sent = now;
    SkipUnplanned();
    return Copy{entry.slot, entry.packet.header.sequence()};
  }
  Expire(now);
  return std::nullopt;
}

Instant RepeatQueue::NextDeadline() const {
  Instant next = Instant::Never();
  for (size_t copy = 0; copy < next_.size(); ++copy) next = std::min(next, DueAt(copy));
  return next;
}

// The queue is short: what is asked for is among the last packets.
std::optional<uint64_t> RepeatQueue::NumberOf(uint16_t slot, uint16_t sequence) const {
  for (uint64_t number = end_; number-- > begin_;) {
    const Entry& entry = At(number);
    if (entry.slot == slot && entry.packet.header.sequence() == sequence) return number;
  }
  return std::nullopt;
}

const SlotPacket* RepeatQueue::Find(uint16_t slot, uint16_t sequence) const {
  const auto number = NumberOf(slot, sequence);
  return number ? &At(*number).packet : nullptr;
}

bool RepeatQueue::TakeForNack(Instant now, uint16_t slot, uint16_t sequence, Duration rtt) {
  const auto number = NumberOf(slot, sequence);
  if (!number) return false;
  Entry& entry = At(*number);
  if (now - entry.packet.sent_at > kNackAgeMax) return false;
  // Who asks after what was sent once has waited a round trip already.
  const bool repeated = entry.last_sent > entry.packet.sent_at;
  if (repeated && now - entry.last_sent < std::max(rtt, SendHistory::kResendSpacingMin)) {
    return false;
  }
  entry.last_sent = now;
  return true;
}

void RepeatQueue::Expire(Instant now) {
  while (begin_ < end_) {
    const Entry& oldest = At(begin_);
    const bool copies_left = std::ranges::find(next_, begin_) != next_.end();
    if (copies_left || now - oldest.last_sent <= kFlushWait) return;
    if (oldest.keep && now - oldest.packet.sent_at <= kNackAgeMax) return;
    Pop();
  }
}

void RepeatQueue::DropBefore(Instant before) {
  while (begin_ < end_ && At(begin_).packet.sent_at < before) Pop();
}

void RepeatQueue::Pop() {
  At(begin_++) = Entry();
  for (uint64_t& next : next_) next = std::max(next, begin_);
}

}  // namespace conclave::media
