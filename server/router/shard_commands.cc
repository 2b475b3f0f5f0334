// What the control plane asks of a shard.
#include <utility>

#include "base/log.h"
#include "router/shard_impl.h"

namespace conclave::router {
namespace {

// The credentials before and after a restart (RFC 8445 section 9).
constexpr size_t kUfragsMax = 2;

}  // namespace

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
  rooms_[index.value()] = std::make_unique<Room>(id, config_.audio_slots_max, events_, relays_);
  rooms_[index.value()]->SetShedding(governor_.shedding());
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
  const ParticipantContext context = {transport_context_, order_,  touched_, changed_,
                                      histories_,         random_, clock_};
  participants_[index.value()] =
      std::make_unique<Participant>(now, context, index, command, config_.consent_timeout);
  Participant& participant = *At(index);
  by_id_.emplace(command.participant, index);
  ufrags_.Insert(command.local.ufrag, index);
  participant.room = FindOrMakeRoom(command.room);
  RoomOf(participant).Add(index, participant.publisher, participant.receiver, {});
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
  RoomOf(participant).Remove(now, index);
  for (const auto& track : participant.publisher.tracks()) room_of_track_.erase(track->id());
  touched_rooms_.Add(participant.room);
  EndRoomIfEmpty(participant.room);
  for (const std::string& ufrag : participant.ufrags) ufrags_.Erase(ufrag);
  paths_.EraseParticipant(index);
  participant_deadlines_.Set(index.value(), Instant::Never());
  by_id_.erase(participant.id);
  participants_[index.value()].reset();
  free_participants_.push_back(index.value());
  histories_.Trim();
}

void Shard::Impl::EndRoomIfEmpty(RoomIndex index) {
  const Room& room = *rooms_[index.value()];
  if (!room.ended()) return;
  room_deadlines_.Set(index.value(), Instant::Never());
  room_by_id_.erase(room.id());
  free_rooms_.push_back(index.value());
  rooms_[index.value()].reset();
}

void Shard::Impl::Do(Instant now, const MoveParticipant& command) {
  Participant* participant = Find(command.participant);
  if (!participant) return;
  const RoomIndex from = participant->room;
  const RoomIndex to = FindOrMakeRoom(command.room);
  if (from == to) return;
  Room::Belongings belongings = RoomOf(*participant).Remove(now, participant->index);
  touched_rooms_.Add(from);
  EndRoomIfEmpty(from);
  participant->room = to;
  Room& room = RoomOf(*participant);
  room.Add(participant->index, participant->publisher, participant->receiver,
           std::move(belongings));
  std::vector<SourceTrack*> tracks;
  for (const auto& track : participant->publisher.tracks()) {
    room_of_track_[track->id()] = to;
    tracks.push_back(track.get());
  }
  room.AddTracks(tracks);
  touched_rooms_.Add(to);
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

}  // namespace conclave::router
