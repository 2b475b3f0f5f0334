// The datagrams that a shard sends.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/prefetch.h"
#include "router/shard_impl.h"

namespace conclave::router {
namespace {

// For metrics; what is decided is told at once.
constexpr Duration kLoadInterval = Duration::Seconds(1);

}  // namespace

// What the next receivers' flushes will touch is loaded while this one's packets are encrypted:
// most of the time of a flush went into waiting for memory (bench/forward).
void Shard::Impl::PrefetchReceivers() {
  constexpr size_t kSteps = 4;
  if (const auto next = order_.Peek(kSteps + 1)) {
    if (const Participant* participant = At(*next)) {
      Prefetch(participant->transport);
      Prefetch(participant->receiver);
    }
  }
  for (size_t step = 0; step < kSteps; ++step) {
    const auto next = order_.Peek(kSteps - step);
    const Participant* participant = next ? At(*next) : nullptr;
    if (!participant) continue;
    participant->transport.PrefetchForProtecting(static_cast<int>(step));
    participant->receiver.PrefetchForFlush(static_cast<int>(step));
  }
}

Instant Shard::Impl::SendAt() const {
  if (flushing_) return now_;
  if (order_.empty() && control_.empty()) return Instant::Never();
  return std::max(now_, flushed_at_ + governor_.turn());
}

void Shard::Impl::OnTurn(Instant now, Duration waited) {
  const Instant before = std::exchange(turned_at_, now);
  if (before != Instant()) longest_ = std::max(longest_, now - before - waited);
  const bool changed = governor_.OnTurn(now, waited);
  order_.set_turn(governor_.turn());
  if (changed) Shed();
  if (changed || now - load_told_at_ >= kLoadInterval) TellLoad(now);
}

void Shard::Impl::Shed() {
  const Shedding shedding = governor_.shedding();
  LOG(kWarning, "busy for " + std::to_string(governor_.busy_percent()) +
                    " % of the time: leaves out, of 6 steps, " +
                    std::to_string(static_cast<int>(shedding)));
  for (uint32_t i = 0; i < rooms_.size(); ++i) {
    if (!rooms_[i]) continue;
    rooms_[i]->SetShedding(shedding);
    touched_rooms_.Add(RoomIndex(i));
  }
  Finish();
}

void Shard::Impl::TellLoad(Instant now) {
  load_told_at_ = now;
  histories_.Trim();
  order_.memory().Trim();
  const ShardLoad load = {
      static_cast<uint8_t>(governor_.busy_percent()), static_cast<uint32_t>(governor_.turn().us()),
      static_cast<uint32_t>(std::exchange(longest_, Duration()).us()),
      static_cast<uint8_t>(governor_.shedding()), governor_.shedding() >= Shedding::kJoins};
  if (load == std::exchange(told_load_, load)) return;
  events_.push_back(load);
}

bool Shard::Impl::PollSend(Instant now, SendBatch& batch) {
  now_ = std::max(now_, now);
  if (!std::exchange(flushing_, true)) {
    flushed_at_ = now_;
    order_.BeginPass();
  }
  const uint64_t control_before = control_.sent();
  const uint64_t control_bytes_before = control_.sent_bytes();
  bool full = control_.Flush(batch);
  stats_.datagrams_sent += control_.sent() - control_before;
  stats_.bytes_sent += control_.sent_bytes() - control_bytes_before;
  FlushCounts counts;
  while (!full && !order_.pass_done()) {
    PrefetchReceivers();
    // A participant that has left: its entry outlived it.
    if (Participant* participant = At(order_.front())) {
      const Instant before = participant->receiver.NextDeadline();
      full = !participant->receiver.Flush(now, participant->transport, batch, counts);
      if (participant->receiver.NextDeadline() != before) touched_.Add(participant->index);
    }
    if (!full) order_.Pop();
  }
  stats_.datagrams_sent += counts.datagrams;
  stats_.bytes_sent += counts.bytes;
  stats_.retransmissions += counts.retransmissions;
  stats_.audio_copies += counts.copies;
  flushing_ = full;
  Finish();
  return full;
}

}  // namespace conclave::router
