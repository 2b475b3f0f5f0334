#include "router/shard.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/log.h"
#include "base/prefetch.h"
#include "media/ntp_clock.h"
#include "media/packet_pool.h"
#include "router/control_queue.h"
#include "router/deadline_queue.h"
#include "router/handshake_queue.h"
#include "router/participant.h"
#include "router/path_table.h"
#include "router/room.h"
#include "router/rtcp_dispatch.h"
#include "router/ufrag_table.h"
#include "transport/stun_username.h"
#include "transport/transport_context.h"
#include "wire/demux.h"

namespace conclave::router {
namespace {

// When the pool is exhausted, histories give up what is older: a NACK mostly asks for younger.
constexpr Duration kHistoryUnderPressure = Duration::Millis(300);
// Giving up walks over all slots, so a pool that stays exhausted must not cause it per packet.
constexpr Duration kPressureInterval = Duration::Millis(50);
// While a packet is queued for one receiver, the queue of one so much later is loaded.
constexpr size_t kPushedAhead = 4;
// The credentials before and after a restart (RFC 8445 section 9).
constexpr size_t kUfragsMax = 2;

std::string Name(ParticipantId id) { return "participant " + std::to_string(id.value()); }

}  // namespace

class Shard::Impl {
 public:
  Impl(const ShardConfig& config, const transport::Certificate& certificate, Random& random)
      : config_(config),
        transport_context_(certificate, random),
        random_(random),
        clock_(config.ntp_offset),
        pool_(config.packet_pool_size) {
    transport_context_.srtp.set_observer(config.srtp_observer);
  }
  ~Impl() {
    while (!by_id_.empty()) Remove(now_, by_id_.begin()->second);
  }

  void OnCommand(Instant now, const Command& command) {
    now_ = now;
    std::visit([&](const auto& c) { Do(now, c); }, command);
    Finish();
  }
  void OnDatagrams(Instant now, std::span<const ReceivedDatagram> batch);
  void OnDeadline(Instant now);
  Instant NextDeadline() const;
  bool PollSend(Instant now, SendBatch& batch);
  std::vector<Event> TakeEvents() { return std::exchange(events_, {}); }
  const ShardStats& stats() {
    stats_.participants = by_id_.size();
    stats_.packets_in_pool = pool_.in_use();
    return stats_;
  }

 private:
  void Do(Instant now, const AddParticipant& command);
  void Do(Instant now, const AddMediaSections& command);
  void Do(Instant now, const RestartIce& command);
  void Do(Instant now, const RemoveParticipant& command);
  void Do(Instant now, const SetLayout& command);
  void Do(Instant now, const SetTrackMuted& command);

  Participant* Find(ParticipantId id);
  Participant* At(ParticipantIndex index) {
    return index.value() < participants_.size() ? participants_[index.value()].get() : nullptr;
  }
  Room& RoomOf(const Participant& participant) { return *rooms_[participant.room.value()]; }
  RoomIndex FindOrMakeRoom(RoomId id);
  void Remove(Instant now, ParticipantIndex index);
  void AddTracks(Participant& participant, std::span<const TrackConfig> tracks);

  // One datagram of a batch, by what it is.
  void OnDatagram(Instant now, const ReceivedDatagram& datagram);
  void OnStun(Instant now, const ReceivedDatagram& datagram);
  void OnRtp(Instant now, Participant& participant, const ReceivedDatagram& datagram);
  void OnRtcp(Instant now, Participant& participant, const ReceivedDatagram& datagram);
  void Forward(Instant now, Participant& publisher, const Arrived& arrived,
               const media::PacketRef& packet);
  std::optional<media::PacketRef> AllocatePacket(Instant now);
  void RunHandshakes(Instant now);

  void AfterTransport(Instant now, Participant& participant);
  void OnTransportEvent(Instant now, Participant& participant, transport::TransportEvent event);
  // After a packet that the transport did not let through.
  void OnRefused(Instant now, Participant& participant);
  void CountDrops(Participant& participant);

  void RunParticipant(Instant now, Participant& participant);
  // Deadlines and slot maps that changed during the call.
  void Finish();
  void PrefetchReceivers();

  const ShardConfig config_;
  transport::TransportContext transport_context_;
  Random& random_;
  const media::NtpClock clock_;
  media::PacketPool pool_;

  SendOrder order_;
  ControlQueue control_;
  HandshakeQueue handshakes_;
  transport::Outbox outbox_;
  FeedbackScratch scratch_;

  // What stands in a freed place is null; the place is used again.
  std::vector<std::unique_ptr<Participant>> participants_;
  std::vector<uint32_t> free_participants_;
  std::unordered_map<ParticipantId, ParticipantIndex> by_id_;
  std::unordered_map<TrackId, RoomIndex> room_of_track_;
  std::vector<std::unique_ptr<Room>> rooms_;
  std::vector<uint32_t> free_rooms_;
  std::unordered_map<RoomId, RoomIndex> room_by_id_;
  PathTable paths_;
  UfragTable ufrags_;

  DeadlineQueue participant_deadlines_;
  DeadlineQueue room_deadlines_;
  TouchedParticipants touched_;
  TouchedParticipants changed_;
  TouchedRooms touched_rooms_;
  std::vector<Event> events_;
  Instant now_;
  Instant next_pressure_;
  ShardStats stats_;
};

// ---- Commands
// --------------------------------------------------------------------------------------

Participant* Shard::Impl::Find(ParticipantId id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : At(found->second);
}

RoomIndex Shard::Impl::FindOrMakeRoom(RoomId id) {
  const auto found = room_by_id_.find(id);
  if (found != room_by_id_.end()) return found->second;
  RoomIndex index(static_cast<uint32_t>(rooms_.size()));
  if (free_rooms_.empty()) {
    rooms_.emplace_back();
  } else {
    index = RoomIndex(free_rooms_.back());
    free_rooms_.pop_back();
  }
  rooms_[index.value()] = std::make_unique<Room>(id, config_.audio_slots_max, events_);
  room_by_id_.emplace(id, index);
  return index;
}

void Shard::Impl::Do(Instant now, const AddParticipant& command) {
  if (Find(command.participant) || by_id_.size() >= config_.participants_max) {
    LOG(kWarning, Name(command.participant) + " refused: known already, or the shard is full");
    events_.push_back(TransportFailed{command.participant, TransportFailure::kDtlsFailed});
    return;
  }
  ParticipantIndex index(static_cast<uint32_t>(participants_.size()));
  if (free_participants_.empty()) {
    participants_.emplace_back();
  } else {
    index = ParticipantIndex(free_participants_.back());
    free_participants_.pop_back();
  }
  const ParticipantContext context = {transport_context_, order_,  touched_,
                                      changed_,           random_, clock_};
  participants_[index.value()] =
      std::make_unique<Participant>(now, context, index, command, config_.consent_timeout);
  Participant& participant = *At(index);
  by_id_.emplace(command.participant, index);
  ufrags_.Insert(command.local.ufrag, index);
  participant.room = FindOrMakeRoom(command.room);
  RoomOf(participant).Add(index, participant.publisher, participant.receiver);
  AddTracks(participant, command.tracks);
  touched_.Add(index);
  LOG(kDebug, Name(command.participant) + " added");
}

void Shard::Impl::AddTracks(Participant& participant, std::span<const TrackConfig> tracks) {
  const std::vector<SourceTrack*> added = participant.publisher.AddTracks(tracks);
  for (const SourceTrack* track : added) room_of_track_.emplace(track->id(), participant.room);
  RoomOf(participant).AddTracks(added);
  touched_rooms_.Add(participant.room);
}

void Shard::Impl::Do(Instant, const AddMediaSections& command) {
  Participant* participant = Find(command.participant);
  if (!participant) return;
  participant->receiver.AddSlots(command.slots);
  RoomOf(*participant).OnSlotsAdded();
  AddTracks(*participant, command.tracks);
}

void Shard::Impl::Do(Instant now, const RestartIce& command) {
  Participant* participant = Find(command.participant);
  if (!participant) return;
  if (participant->ufrags.size() >= kUfragsMax) {
    ufrags_.Erase(participant->ufrags.front());
    participant->ufrags.erase(participant->ufrags.begin());
  }
  participant->ufrags.push_back(command.local.ufrag);
  ufrags_.Insert(command.local.ufrag, participant->index);
  participant->transport.RestartIce(now, ToTransport(command.local), ToTransport(command.remote));
  touched_.Add(participant->index);
}

void Shard::Impl::Do(Instant now, const RemoveParticipant& command) {
  const auto found = by_id_.find(command.participant);
  if (found == by_id_.end()) return;
  LOG(kDebug, Name(command.participant) + " removed");
  Remove(now, found->second);
}

void Shard::Impl::Remove(Instant now, ParticipantIndex index) {
  Participant& participant = *At(index);
  participant.transport.Close(outbox_);
  AfterTransport(now, participant);
  participant.receiver.egress().Close();
  Room& room = RoomOf(participant);
  room.Remove(now, index);
  for (const auto& track : participant.publisher.tracks()) room_of_track_.erase(track->id());
  touched_rooms_.Add(participant.room);
  if (room.empty()) {
    room_deadlines_.Set(participant.room.value(), Instant::Never());
    room_by_id_.erase(room.id());
    free_rooms_.push_back(participant.room.value());
    rooms_[participant.room.value()].reset();
  }
  for (const std::string& ufrag : participant.ufrags) ufrags_.Erase(ufrag);
  paths_.EraseParticipant(index);
  participant_deadlines_.Set(index.value(), Instant::Never());
  by_id_.erase(participant.id);
  participants_[index.value()].reset();
  free_participants_.push_back(index.value());
}

void Shard::Impl::Do(Instant, const SetLayout& command) {
  Participant* participant = Find(command.participant);
  if (!participant) return;
  RoomOf(*participant).SetLayout(participant->index, command.wishes, command.max_rate);
  touched_rooms_.Add(participant->room);
}

void Shard::Impl::Do(Instant, const SetTrackMuted& command) {
  const auto found = room_of_track_.find(command.track);
  if (found == room_of_track_.end()) return;
  rooms_[found->second.value()]->SetMuted(command.track, command.muted);
  touched_rooms_.Add(found->second);
}

// ---- Datagrams
// -------------------------------------------------------------------------------------

void Shard::Impl::OnDatagrams(Instant now, std::span<const ReceivedDatagram> batch) {
  now_ = now;
  for (const ReceivedDatagram& datagram : batch) OnDatagram(now, datagram);
  RunHandshakes(now);
  Finish();
}

void Shard::Impl::OnDatagram(Instant now, const ReceivedDatagram& datagram) {
  ++stats_.datagrams_received;
  stats_.bytes_received += datagram.bytes.size();
  const wire::DatagramKind kind = wire::ClassifyDatagram(datagram.bytes);
  if (kind == wire::DatagramKind::kUnknown || datagram.bytes.size() > kMaxDatagramBytes) {
    ++stats_.dropped_malformed;
    return;
  }
  if (kind == wire::DatagramKind::kStun) {
    OnStun(now, datagram);
    return;
  }
  const auto index = paths_.Find(datagram.path);
  if (!index) {
    ++stats_.dropped_unknown_path;
    return;
  }
  switch (kind) {
    case wire::DatagramKind::kRtp:
      OnRtp(now, *At(*index), datagram);
      break;
    case wire::DatagramKind::kRtcp:
      OnRtcp(now, *At(*index), datagram);
      break;
    default:
      handshakes_.Push(*index, datagram.path, datagram.bytes);
      break;
  }
}

void Shard::Impl::OnStun(Instant now, const ReceivedDatagram& datagram) {
  const auto username = transport::PeekStunUsername(datagram.bytes);
  const auto index = username ? ufrags_.Find(username->local_ufrag) : paths_.Find(datagram.path);
  if (!index) {
    ++stats_.dropped_unknown_path;
    return;
  }
  Participant& participant = *At(*index);
  if (participant.transport.OnStun(now, datagram.path, datagram.bytes, outbox_)) {
    paths_.Insert(datagram.path, *index);
  } else {
    ++stats_.dropped_authentication;
  }
  AfterTransport(now, participant);
}

std::optional<media::PacketRef> Shard::Impl::AllocatePacket(Instant now) {
  if (auto packet = pool_.Allocate()) return packet;
  if (now < next_pressure_) return std::nullopt;
  next_pressure_ = now + kPressureInterval;
  for (const auto& participant : participants_) {
    if (participant) participant->receiver.DropHistoryBefore(now - kHistoryUnderPressure);
  }
  return pool_.Allocate();
}

void Shard::Impl::OnRtp(Instant now, Participant& participant, const ReceivedDatagram& datagram) {
  const auto packet = AllocatePacket(now);
  if (!packet) {
    ++stats_.dropped_pool_full;
    return;
  }
  const auto size =
      participant.transport.UnprotectRtp(datagram.path, datagram.bytes, (*packet)->bytes);
  if (!size) return OnRefused(now, participant);
  (*packet)->size_bytes = static_cast<uint16_t>(*size);
  Arrived arrived;
  switch (participant.publisher.OnRtp(datagram.arrival, **packet, arrived)) {
    case IngestVerdict::kMalformed:
      ++stats_.dropped_malformed;
      break;
    case IngestVerdict::kNothing:
      break;
    case IngestVerdict::kMedia:
      Forward(now, participant, arrived, *packet);
      break;
  }
}

void Shard::Impl::Forward(Instant now, Participant& publisher, const Arrived& arrived,
                          const media::PacketRef& packet) {
  const bool audio = arrived.track->kind() == MediaKind::kAudio;
  Room& room = RoomOf(publisher);
  const auto& level = packet->info.audio_level;
  const bool moved = audio ? level && room.OnAudioPacket(now, *arrived.track, level->level)
                           : room.OnVideoPacket(now, arrived.layer_began);
  if (moved) touched_rooms_.Add(publisher.room);
  const auto priority = audio ? Egress::Priority::kAudio : Egress::Priority::kVideo;
  const std::vector<Subscription>& wanted = arrived.track->layer(arrived.layer).subscriptions;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (i + kPushedAhead < wanted.size()) wanted[i + kPushedAhead].egress->PrefetchForPush();
    wanted[i].egress->Push(priority, {packet, wanted[i].slot, 0});
  }
}

void Shard::Impl::OnRtcp(Instant now, Participant& participant, const ReceivedDatagram& datagram) {
  const auto size =
      participant.transport.UnprotectRtcp(datagram.path, datagram.bytes, datagram.bytes);
  if (!size) return OnRefused(now, participant);
  const Instant before = participant.receiver.NextDeadline();
  if (!DispatchRtcp(now, datagram.bytes.first(*size), participant.publisher, participant.receiver,
                    scratch_)) {
    ++stats_.dropped_malformed;
  }
  if (participant.receiver.NextDeadline() != before) touched_.Add(participant.index);
  if (participant.receiver.downlink().TakeStep(now)) {
    RoomOf(participant).OnBudget(participant.index);
    touched_rooms_.Add(participant.room);
  }
}

void Shard::Impl::RunHandshakes(Instant now) {
  for (size_t i = 0; i < HandshakeQueue::kPerTurn && !handshakes_.empty(); ++i) {
    const HandshakeDatagram& datagram = handshakes_.front();
    // The participant may have left meanwhile, and its place may be another's: then the path is
    // too.
    if (paths_.Find(datagram.path) == datagram.participant) {
      Participant& participant = *At(datagram.participant);
      participant.transport.OnDtls(now, datagram.path, datagram.bytes, outbox_);
      AfterTransport(now, participant);
    }
    handshakes_.Pop();
  }
}

// ---- Transports
// ------------------------------------------------------------------------------------

void Shard::Impl::AfterTransport(Instant now, Participant& participant) {
  for (size_t i = 0; i < outbox_.size(); ++i) control_.Append(outbox_[i].path, outbox_[i].bytes);
  outbox_.Clear();
  touched_.Add(participant.index);
  if (!participant.transport.has_events()) return;
  for (const transport::TransportEvent event : participant.transport.TakeEvents()) {
    OnTransportEvent(now, participant, event);
  }
}

void Shard::Impl::OnTransportEvent(Instant now, Participant& participant,
                                   transport::TransportEvent event) {
  const auto fail = [&](TransportFailure why) {
    participant.receiver.egress().Close();
    RoomOf(participant).SetConnected(now, participant.index, false);
    events_.push_back(TransportFailed{participant.id, why});
    LOG(kDebug, Name(participant.id) + " lost its transport");
  };
  touched_rooms_.Add(participant.room);
  switch (event) {
    case transport::TransportEvent::kPathSelected:
      participant.receiver.downlink().OnRouteChange(now);
      break;
    case transport::TransportEvent::kConnected:
      participant.receiver.egress().Open();
      RoomOf(participant).SetConnected(now, participant.index, true);
      events_.push_back(TransportConnected{participant.id});
      LOG(kDebug, Name(participant.id) + " connected");
      break;
    case transport::TransportEvent::kConsentLost:
      fail(TransportFailure::kConsentLost);
      break;
    case transport::TransportEvent::kDtlsFailed:
      fail(TransportFailure::kDtlsFailed);
      break;
    case transport::TransportEvent::kFingerprintMismatch:
      fail(TransportFailure::kFingerprintMismatch);
      break;
    case transport::TransportEvent::kDtlsClosed:
      fail(TransportFailure::kDtlsClosed);
      break;
    case transport::TransportEvent::kKeysUsedUp:
      fail(TransportFailure::kKeysUsedUp);
      break;
  }
}

void Shard::Impl::OnRefused(Instant now, Participant& participant) {
  CountDrops(participant);
  if (participant.transport.has_events()) AfterTransport(now, participant);
}

void Shard::Impl::CountDrops(Participant& participant) {
  const transport::PeerTransportStats& now = participant.transport.stats();
  transport::PeerTransportStats& before = participant.counted;
  stats_.dropped_unknown_path += now.dropped_unvalidated - before.dropped_unvalidated;
  stats_.dropped_malformed += now.dropped_malformed - before.dropped_malformed;
  stats_.dropped_authentication += now.dropped_authentication - before.dropped_authentication;
  stats_.dropped_replay += now.dropped_replay - before.dropped_replay;
  before = now;
}

// ---- Time
// ------------------------------------------------------------------------------------------

void Shard::Impl::OnDeadline(Instant now) {
  now_ = now;
  RunHandshakes(now);
  while (const auto key = participant_deadlines_.PopDue(now)) {
    if (Participant* participant = At(ParticipantIndex(*key))) RunParticipant(now, *participant);
  }
  while (const auto key = room_deadlines_.PopDue(now)) {
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
  while (!changed_.empty()) {
    Participant* participant = At(changed_.Take());
    if (!participant) continue;
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

// ---- Sending
// ---------------------------------------------------------------------------------------

// What the next receivers' flushes will touch is loaded while this one's packets are encrypted:
// most of the time of a flush went into waiting for memory (bench/forward).
void Shard::Impl::PrefetchReceivers() {
  constexpr size_t kSteps = 3;
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

bool Shard::Impl::PollSend(Instant now, SendBatch& batch) {
  now_ = std::max(now_, now);
  const uint64_t control_before = control_.sent();
  const uint64_t control_bytes_before = control_.sent_bytes();
  bool full = control_.Flush(batch);
  stats_.datagrams_sent += control_.sent() - control_before;
  stats_.bytes_sent += control_.sent_bytes() - control_bytes_before;
  FlushCounts counts;
  while (!full && !order_.empty()) {
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
  Finish();
  return full;
}

// ---- Shard
// -----------------------------------------------------------------------------------------

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
std::vector<Event> Shard::TakeEvents() { return impl_->TakeEvents(); }
const ShardStats& Shard::stats() const { return impl_->stats(); }

}  // namespace conclave::router
