#include "router/shard.h"

#include <algorithm>

#include "router/shard_impl.h"

namespace conclave::router {
namespace {

// What is due beyond that is looked at by the next call, when media has had its turn.
constexpr size_t kDuePerCall = 64;

}  // namespace

void Shard::Impl::OnDeadline(Instant now) {
  now_ = now;
  RunHandshakes(now);
  for (size_t i = 0; i < kDuePerCall; ++i) {
    const auto key = participant_deadlines_.PopDue(now);
    if (!key) break;
    if (Participant* participant = At(ParticipantIndex(*key))) RunParticipant(now, *participant);
  }
  for (size_t i = 0; i < kDuePerCall; ++i) {
    const auto key = room_deadlines_.PopDue(now);
    if (!key) break;
    rooms_[*key]->OnDeadline(now);
    touched_rooms_.Add(RoomIndex(*key));
  }
  Finish();
}

void Shard::Impl::RunParticipant(Instant now, Participant& participant) {
  if (participant.transport.NextDeadline() <= now) {
    participant.transport.OnDeadline(now, outbox_);
    AfterTransport(now, participant);
  }
  touched_.Add(participant.index);
  if (!participant.transport.connected() || participant.transport.closed()) return;
  RtcpSender rtcp(participant.transport, control_);
  const uint64_t before = participant.publisher.keyframe_requests();
  participant.publisher.OnDeadline(now, participant.receiver.rtt(), rtcp);
  participant.receiver.OnDeadline(now, rtcp);
  if (participant.receiver.downlink().TakeStep(now)) {
    RoomOf(participant).OnBudget(participant.index);
    touched_rooms_.Add(participant.room);
  }
  stats_.keyframe_requests += participant.publisher.keyframe_requests() - before;
}

Instant Shard::Impl::NextDeadline() const {
  Instant next = std::min(participant_deadlines_.Earliest(), room_deadlines_.Earliest());
  if (!handshakes_.empty()) next = now_;
  return std::max(next, now_);
}

void Shard::Impl::Finish() {
  TellRemotes();
  while (!changed_.empty()) {
    Participant* participant = At(changed_.Take());
    if (!participant) continue;
    // What is wished for now may need measuring.
    touched_.Add(participant->index);
    SlotsChanged event;
    event.participant = participant->id;
    participant->receiver.TakeAssignments(event.slots);
    if (!event.slots.empty()) events_.push_back(std::move(event));
  }
  while (!touched_.empty()) {
    const ParticipantIndex index = touched_.Take();
    if (const Participant* participant = At(index)) {
      participant_deadlines_.Set(index.value(), participant->NextDeadline());
    }
  }
  while (!touched_rooms_.empty()) {
    const RoomIndex index = touched_rooms_.Take();
    if (const Room* room = rooms_[index.value()].get()) {
      room_deadlines_.Set(index.value(), room->NextDeadline());
    }
  }
}

Shard::Shard(const ShardConfig& config, const transport::Certificate& certificate, Random& random)
    : impl_(std::make_unique<Impl>(config, certificate, random)) {}
Shard::~Shard() = default;

void Shard::OnCommand(Instant now, const Command& command) { impl_->OnCommand(now, command); }
void Shard::OnDatagrams(Instant now, std::span<const ReceivedDatagram> batch) {
  impl_->OnDatagrams(now, batch);
}
void Shard::OnDeadline(Instant now) { impl_->OnDeadline(now); }
Instant Shard::NextDeadline() const { return impl_->NextDeadline(); }
bool Shard::PollSend(Instant now, SendBatch& batch) { return impl_->PollSend(now, batch); }
Instant Shard::SendAt() const { return impl_->SendAt(); }
void Shard::OnTurn(Instant now, Duration waited) { impl_->OnTurn(now, waited); }
std::vector<Event> Shard::TakeEvents() { return impl_->TakeEvents(); }
void Shard::OnRelay(Instant now, ShardId from, RelayMessage&& message) {
  impl_->OnRelay(now, from, message);
}
void Shard::TakeRelays(std::vector<RelayOut>& out) { impl_->TakeRelays(out); }
const ShardStats& Shard::stats() const { return impl_->stats(); }

}  // namespace conclave::router
