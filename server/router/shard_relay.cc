// What a shard says to others of the same rooms, and what it makes of what they say.
#include <algorithm>
#include <utility>

#include "router/shard_impl.h"

namespace conclave::router {
namespace {

// What another shard's thread has not taken in for so long is shown late anyway: better the voices
// than all.
constexpr Duration kRelayLateMax = Duration::Millis(150);

}  // namespace

void Shard::Impl::Do(Instant, const SpreadRoom& command) {
  const auto found = room_by_id_.find(command.room);
  if (found == room_by_id_.end() && command.shards.empty()) return;
  const RoomIndex index = FindOrMakeRoom(command.room);
  std::vector<ShardId> others;
  for (const ShardId shard : command.shards) {
    if (shard != config_.id && shard.value() < kShardsMax) others.push_back(shard);
  }
  const bool tells = !command.shards.empty() && command.shards.front() == config_.id;
  rooms_[index.value()]->SetSpread(others, tells);
  touched_rooms_.Add(index);
  EndRoomIfEmpty(index);
}

void Shard::Impl::OnRelay(Instant now, ShardId from, RelayMessage& message) {
  now_ = now;
  std::visit([&](auto& m) { Take(now, from, m); }, message);
  Finish();
}

RemoteTrack* Shard::Impl::FindRemote(ShardId from, TrackId id) {
  const auto found = remote_by_id_.find(id);
  if (found == remote_by_id_.end()) return nullptr;
  RemoteTrack* remote = remotes_[found->second.value()].get();
  return remote->home == from ? remote : nullptr;
}

void Shard::Impl::Take(Instant now, ShardId from, TracksRelayed& message) {
  const RoomIndex room = FindOrMakeRoom(message.room);
  for (const TrackConfig& config : message.tracks) {
    RemoveRemote(now, config.track);
    // Ours, or somebody's who has one of its number: not to be replaced by a shard's word.
    if (room_of_track_.contains(config.track)) continue;
    RemoteIndex place(static_cast<uint32_t>(remotes_.size()));
    if (free_remotes_.empty()) {
      remotes_.emplace_back();
    } else {
      place = RemoteIndex(free_remotes_.back());
      free_remotes_.pop_back();
    }
    remotes_[place.value()] =
        std::make_unique<RemoteTrack>(from, room, config, place, touched_remotes_);
    remote_by_id_.emplace(config.track, place);
    rooms_[room.value()]->AddRemote(remotes_[place.value()]->track);
    remotes_[place.value()]->track.TouchRemote();
  }
  touched_rooms_.Add(room);
  EndRoomIfEmpty(room);
}

void Shard::Impl::RemoveRemote(Instant now, TrackId id) {
  const auto found = remote_by_id_.find(id);
  if (found == remote_by_id_.end()) return;
  const RemoteIndex place = found->second;
  const RoomIndex room = remotes_[place.value()]->room;
  rooms_[room.value()]->RemoveRemote(now, remotes_[place.value()]->track);
  remotes_[place.value()].reset();
  free_remotes_.push_back(place.value());
  remote_by_id_.erase(found);
  touched_rooms_.Add(room);
}

void Shard::Impl::Take(Instant now, ShardId from, TrackGone& message) {
  const RemoteTrack* remote = FindRemote(from, message.track);
  if (!remote) return;
  const RoomIndex room = remote->room;
  // It has come to another room meanwhile.
  if (rooms_[room.value()]->id() != message.room) return;
  RemoveRemote(now, message.track);
  EndRoomIfEmpty(room);
}

void Shard::Impl::Take(Instant, ShardId from, TrackMuteRelayed& message) {
  const RemoteTrack* remote = FindRemote(from, message.track);
  if (!remote) return;
  rooms_[remote->room.value()]->SetMuted(message.track, message.muted);
  touched_rooms_.Add(remote->room);
}

void Shard::Impl::Take(Instant now, ShardId from, TrackStateRelayed& message) {
  RemoteTrack* remote = FindRemote(from, message.track);
  if (!remote) return;
  remote->clock = message.clock;
  rooms_[remote->room.value()]->OnRemoteState(now, remote->track, std::move(message));
  touched_rooms_.Add(remote->room);
}

void Shard::Impl::Take(Instant now, ShardId from, RelayWanted& message) {
  const auto found = room_of_track_.find(message.track);
  if (found == room_of_track_.end()) return;
  rooms_[found->second.value()]->OnRelayWanted(now, from, message);
  touched_rooms_.Add(found->second);
}

void Shard::Impl::Take(Instant now, ShardId from, MediaRelayed& message) {
  std::span<const uint8_t> bytes = message.bytes;
  for (const MediaRelayed::Packet& relayed : message.packets) {
    const auto rtp = bytes.first(relayed.size_bytes);
    bytes = bytes.subspan(relayed.size_bytes);
    RemoteTrack* remote = FindRemote(from, relayed.info.track);
    // On its way when the track left.
    if (!remote || relayed.info.layer >= remote->track.layers().size()) continue;
    if (!relayed.audio && now - relayed.info.arrival > kRelayLateMax) {
      ++stats_.dropped_late;
      continue;
    }
    auto packet = AllocatePacket(now, rtp.size());
    if (!packet) {
      ++stats_.dropped_pool_full;
      continue;
    }
    (*packet)->info = relayed.info;
    (*packet)->size_bytes = relayed.size_bytes;
    std::ranges::copy(rtp, (*packet)->bytes.begin());
    ++stats_.relayed_in;
    Forward(now, remote->room, {&remote->track, relayed.info.layer}, *packet);
  }
  relays_.Reuse(std::move(message));
}

void Shard::Impl::TellRemotes() {
  while (!touched_remotes_.empty()) {
    const RemoteIndex place = touched_remotes_.Take();
    RemoteTrack* remote = remotes_[place.value()].get();
    if (!remote) continue;
    if (auto wanted = remote->track.TakeRelayWanted()) relays_.Send(remote->home, *wanted);
  }
}

}  // namespace conclave::router
