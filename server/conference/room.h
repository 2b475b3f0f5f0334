// A room: who is in it, what each receiver's slots carry, who speaks. It decides what changed; what
// is said about it, and to whom, is signal/'s.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "conference/common_codecs.h"
#include "conference/room_changes.h"
#include "conference/roster.h"
#include "conference/slot_map.h"

namespace conclave::conference {

// The news of one flush, in the order in which clients have to hear it: a slot never carries a
// track that the roster has not introduced.
struct RoomUpdate {
  RosterChange roster;
  // By breakout room.
  std::map<BreakoutNumber, TrackId> dominant_speakers;
  // What everybody decodes, where that has changed.
  std::optional<CodecSet> common_codecs;
  struct Slots {
    ParticipantId receiver;
    std::vector<router::SlotAssignment> slots;
  };
  std::vector<Slots> slots;
};

class Room {
 public:
  // Begins on `shard`.
  Room(RoomId id, std::string name, ShardId shard, size_t participants_max)
      : id_(id), name_(std::move(name)), shards_{shard}, roster_(participants_max) {}

  RoomId id() const { return id_; }
  const std::string& name() const { return name_; }
  // Those that hold members' media, or did: first the one that it began on.
  std::span<const ShardId> shards() const { return shards_; }
  bool spread() const { return shards_.size() > 1; }
  // Returns whether it is a new one.
  bool AddShard(ShardId shard) {
    if (std::ranges::find(shards_, shard) != shards_.end()) return false;
    shards_.push_back(shard);
    return true;
  }
  const Roster& roster() const { return roster_; }
  // Of a breakout room. Invalid until somebody has spoken there, and once the last speaker has left
  // it.
  TrackId dominant_speaker(BreakoutNumber breakout) const;

  // What everybody here decodes, but for what a calm still holds back.
  CodecSet common_codecs() const { return common_codecs_.current(); }

  // Fails when the room is full.
  Result<void> Join(Instant now, Participant participant, std::span<const SlotId> slots);
  // Returns false for an id that is not in the room; so do the others below.
  bool Leave(Instant now, ParticipantId id);
  bool AddMedia(Instant now, ParticipantId id, const std::vector<Track>& tracks,
                std::span<const SlotId> slots);
  // These return whether anything changed.
  bool SetMuted(Instant now, TrackId track, bool muted);
  bool SetProfile(Instant now, ParticipantId id, std::string profile);
  bool SetAway(Instant now, ParticipantId id, bool away);
  bool SetRole(Instant now, ParticipantId id, Role role);
  bool SetBreakout(Instant now, ParticipantId id, BreakoutNumber breakout);
  bool SetWantsHelp(Instant now, ParticipantId id, bool wants_help);

  void OnSlots(Instant now, ParticipantId receiver, std::span<const router::SlotAssignment> slots);
  void OnDominantSpeaker(Instant now, BreakoutNumber breakout, TrackId track);

  // Whether the members have not yet been told of the participant as it is now.
  bool IsNews(ParticipantId id) const { return changes_.Waits(id); }

  // When Flush wants to be called.
  Instant FlushAt() const { return std::min(changes_.FlushAt(), common_codecs_.WidenAt()); }
  RoomUpdate Flush(Instant now);
  // The whole slot map of a receiver that has lost count; its pending changes are in it.
  std::vector<router::SlotAssignment> TakeAllSlots(ParticipantId receiver);

 private:
  // Of somebody who is about to leave the breakout room. Returns whether they were its speaker.
  bool ForgetSpeaker(const Participant& participant);

  RoomId id_;
  std::string name_;
  std::vector<ShardId> shards_;
  Roster roster_;
  RoomChanges changes_;
  CommonCodecs common_codecs_;
  std::map<ParticipantId, SlotMap> slot_maps_;
  // None is invalid.
  std::map<BreakoutNumber, TrackId> dominant_speakers_;
};

}  // namespace conclave::conference
