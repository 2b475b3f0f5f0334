#include "media/repeat_queue.h"

#include <algorithm>
#include <utility>

#include "wire/red.h"

namespace conclave::media {

RepeatQueue::Form RepeatQueue::FormOf(const RepeatPlan& plan, bool takes_blocks) {
  const bool next = plan.copies == 1 && plan.spacing <= kBlockSpacingMax;
  return takes_blocks && next ? Form::kBlocks : Form::kCopies;
}

void RepeatQueue::OnSent(uint16_t slot, Sent sent, const RepeatPlan& plan, Form form, bool keep) {
  const Instant now = sent.packet.sent_at;
  Expire(now);
  if (plan.copies == 0 && !keep) return;
  if (size() == kPacketsMax) Pop();
  if (size() == entries_.size()) Grow();
  At(end_++) = {std::move(sent), plan, now, slot, 0, form, keep};
  SkipUnplanned();
}

void RepeatQueue::OnSourceBegins(uint16_t slot) {
  for (uint64_t number = begin_; number < end_; ++number) {
    if (At(number).slot == slot) At(number).form = Form::kCopies;
  }
}

// The first copy that may leave now as a block.
std::optional<size_t> RepeatQueue::CopyForBlock(Instant now, uint64_t number) const {
  const Entry& entry = At(number);
  for (size_t copy = 0; copy < entry.plan.copies; ++copy) {
    const bool left = number < next_[copy] || (entry.carried >> copy & 1) != 0;
    const Instant due = entry.sent_at() + entry.plan.spacing * static_cast<int64_t>(copy + 1);
    if (!left) return due - kBlockEarly <= now ? std::optional(copy) : std::nullopt;
  }
  return std::nullopt;
}

RepeatQueue::Blocks RepeatQueue::TakeBlocks(Instant now, uint16_t slot, const SlotPacket& carrier) {
  Blocks blocks;
  size_t bytes = carrier.source->payload().size();
  for (uint64_t number = begin_; number < end_ && blocks.count < blocks.list.size(); ++number) {
    Entry& entry = At(number);
    if (entry.slot != slot || entry.form != Form::kBlocks) continue;
    const SlotPacket& packet = entry.sent.packet;
    const uint32_t offset = carrier.header.timestamp - packet.header.timestamp;
    const size_t size = packet.source->payload().size();
    if (offset == 0 || offset > wire::kRedOffsetMax || size > wire::kRedBlockBytesMax ||
        bytes + size > kPayloadBytesMax) {
      continue;
    }
    const auto copy = CopyForBlock(now, number);
    if (!copy) continue;
    entry.carried = static_cast<uint8_t>(entry.carried | 1U << *copy);
    bytes += size;
    blocks.list[blocks.count++] = {packet.source, packet.payload_type,
                                   static_cast<uint16_t>(offset), packet.transport_sequence};
  }
  if (!blocks.empty()) SkipUnplanned();
  return blocks;
}

void RepeatQueue::SkipUnplanned() {
  for (size_t copy = 0; copy < next_.size(); ++copy) {
    while (next_[copy] < end_) {
      const Entry& entry = At(next_[copy]);
      if (entry.plan.copies > copy && (entry.carried >> copy & 1) == 0) break;
      ++next_[copy];
    }
  }
}

Instant RepeatQueue::DueAt(size_t copy) const {
  if (next_[copy] == end_) return Instant::Never();
  const Entry& entry = At(next_[copy]);
  const Duration late = entry.form == Form::kBlocks ? kBlockLate : Duration();
  return entry.sent_at() + entry.plan.spacing * static_cast<int64_t>(copy + 1) + late;
}

std::optional<RepeatQueue::Copy> RepeatQueue::TakeDue(Instant now) {
  for (size_t copy = 0; copy < next_.size(); ++copy) {
    if (DueAt(copy) > now) continue;
    Entry& entry = At(next_[copy]++);
    entry.last_sent = now;
    SkipUnplanned();
    return Copy{entry.slot, entry.sent.packet.header.sequence()};
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
    if (entry.slot == slot && entry.sent.packet.header.sequence() == sequence) return number;
  }
  return std::nullopt;
}

const RepeatQueue::Sent* RepeatQueue::Find(uint16_t slot, uint16_t sequence) const {
  const auto number = NumberOf(slot, sequence);
  return number ? &At(*number).sent : nullptr;
}

bool RepeatQueue::TakeForNack(Instant now, uint16_t slot, uint16_t sequence, Duration rtt) {
  const auto number = NumberOf(slot, sequence);
  if (!number) return false;
  Entry& entry = At(*number);
  if (now - entry.sent_at() > kNackAgeMax) return false;
  // Who asks after what was sent once has waited a round trip already.
  const bool repeated = entry.last_sent > entry.sent_at();
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
    if (oldest.keep && now - oldest.sent_at() <= kNackAgeMax) return;
    Pop();
  }
}

void RepeatQueue::DropBefore(Instant before) {
  while (begin_ < end_ && At(begin_).sent_at() < before) Pop();
}

void RepeatQueue::Grow() {
  std::vector<Entry> larger(std::max(kFirst, entries_.size() * 2));
  for (uint64_t number = begin_; number < end_; ++number) {
    larger[number & (larger.size() - 1)] = std::move(At(number));
  }
  entries_ = std::move(larger);
}

void RepeatQueue::Pop() {
  At(begin_++) = Entry();
  for (uint64_t& next : next_) next = std::max(next, begin_);
}

}  // namespace conclave::media
