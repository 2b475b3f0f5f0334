// What a shard is made of, for shard.cc and the files beside it that are its parts: commands,
// ingress (datagrams in), transports, sending (datagrams out).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "media/history_pool.h"
#include "media/ntp_clock.h"
#include "media/packet_pool.h"
#include "router/control_queue.h"
#include "router/deadline_queue.h"
#include "router/handshake_queue.h"
#include "router/load_governor.h"
#include "router/participant.h"
#include "router/path_table.h"
#include "router/relay.h"
#include "router/remote_track.h"
#include "router/room.h"
#include "router/shard.h"
#include "router/ufrag_table.h"
#include "transport/transport_context.h"

namespace conclave::router {

// For the log, which names nobody otherwise.
inline std::string Name(ParticipantId id) { return "participant " + std::to_string(id.value()); }

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
    // Slots forget other shards' tracks as they do those of who leaves.
    while (!remote_by_id_.empty()) RemoveRemote(now_, remote_by_id_.begin()->first);
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
  Instant SendAt() const;
  void OnTurn(Instant now, Duration waited);
  std::vector<Event> TakeEvents() { return std::exchange(events_, {}); }
  void OnRelay(Instant now, ShardId from, RelayMessage& message);
  void TakeRelays(std::vector<RelayOut>& out) {
    if (!relays_.empty()) relays_.Take(out);
  }
  const ShardStats& stats() {
    stats_.participants = by_id_.size();
    stats_.rooms = room_by_id_.size();
    stats_.remote_tracks = remote_by_id_.size();
    stats_.packets_in_pool = pool_.in_use();
    stats_.busy_percent = static_cast<uint64_t>(governor_.busy_percent());
    stats_.longest_us = static_cast<uint64_t>(longest_.us());
    stats_.turn_us = static_cast<uint64_t>(governor_.turn().us());
    stats_.shedding = static_cast<uint64_t>(governor_.shedding());
    return stats_;
  }

 private:
  void Do(Instant now, const AddParticipant& command);
  void Do(Instant now, const AddMediaSections& command);
  void Do(Instant now, const RestartIce& command);
  void Do(Instant now, const RemoveParticipant& command);
  void Do(Instant now, const MoveParticipant& command);
  void Do(Instant now, const SetLayout& command);
  void Do(Instant now, const SetTrackMuted& command);
  void Do(Instant now, const SpreadRoom& command);

  // What other shards say.
  void Take(Instant now, ShardId from, TracksRelayed& message);
  void Take(Instant now, ShardId from, TrackGone& message);
  void Take(Instant now, ShardId from, TrackMuteRelayed& message);
  void Take(Instant now, ShardId from, TrackStateRelayed& message);
  void Take(Instant now, ShardId from, MediaRelayed& message);
  void Take(Instant now, ShardId from, RelayWanted& message);
  // Null where the track is not one of that shard's.
  RemoteTrack* FindRemote(ShardId from, TrackId id);
  void RemoveRemote(Instant now, TrackId id);
  // What is wanted of other shards' tracks.
  void TellRemotes();

  Participant* Find(ParticipantId id);
  Participant* At(ParticipantIndex index) {
    return index.value() < participants_.size() ? participants_[index.value()].get() : nullptr;
  }
  Room& RoomOf(const Participant& participant) { return *rooms_[participant.room.value()]; }
  RoomIndex FindOrMakeRoom(RoomId id);
  void Remove(Instant now, ParticipantIndex index);
  void EndRoomIfEmpty(RoomIndex index);
  void AddTracks(Participant& participant, std::span<const TrackConfig> tracks);

  // One datagram of a batch, by what it is.
  void OnDatagram(Instant now, const ReceivedDatagram& datagram, bool late);
  // Whether full batches have come for so long that what waits behind them is lost.
  bool IsLate(Instant now, size_t batch_size);
  void OnStun(Instant now, const ReceivedDatagram& datagram);
  // Whether it was somebody's question how its address looks from here.
  bool AnswerReflexive(Instant now, const ReceivedDatagram& datagram);
  void OnRtp(Instant now, Participant& participant, const ReceivedDatagram& datagram);
  void OnRtcp(Instant now, Participant& participant, const ReceivedDatagram& datagram);
  void Forward(Instant now, RoomIndex room, const Arrived& arrived, const media::PacketRef& packet);
  std::optional<media::PacketRef> AllocatePacket(Instant now, size_t bytes);
  void RunHandshakes(Instant now);

  void AfterTransport(Instant now, Participant& participant);
  void OnTransportEvent(Instant now, Participant& participant, transport::TransportEvent event);
  // After a packet that the transport did not let through.
  void OnRefused(Instant now, Participant& participant);
  void CountDrops(Participant& participant);

  void RunParticipant(Instant now, Participant& participant);
  // The governor has decided anew.
  void Shed();
  void TellLoad(Instant now);
  // Deadlines and slot maps that changed during the call.
  void Finish();
  void PrefetchReceivers();

  const ShardConfig config_;
  transport::TransportContext transport_context_;
  Random& random_;
  const media::NtpClock clock_;
  media::PacketPool pool_;
  media::HistoryPool histories_;

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
  // Other shards' tracks.
  std::vector<std::unique_ptr<RemoteTrack>> remotes_;
  std::vector<uint32_t> free_remotes_;
  std::unordered_map<TrackId, RemoteIndex> remote_by_id_;
  PathTable paths_;
  UfragTable ufrags_;

  DeadlineQueue participant_deadlines_;
  DeadlineQueue room_deadlines_;
  TouchedParticipants touched_;
  TouchedParticipants changed_;
  TouchedRooms touched_rooms_;
  TouchedRemotes touched_remotes_;
  RelayOutbox relays_;
  std::vector<Event> events_;
  Instant now_;
  Instant next_pressure_;
  // How many addresses were told in the second that ends then.
  Instant reflexive_until_;
  uint32_t reflexive_answers_ = 0;
  LoadGovernor governor_;
  // The longest turn of the second.
  Duration longest_;
  Instant turned_at_;
  // What was told of the load last, and when.
  ShardLoad told_load_;
  Instant load_told_at_;
  // When the last flush began, and whether more of it is to leave.
  Instant flushed_at_;
  bool flushing_ = false;
  // Since when every batch has been full; Never: the last one was not.
  Instant full_since_ = Instant::Never();
  ShardStats stats_;
};

}  // namespace conclave::router
