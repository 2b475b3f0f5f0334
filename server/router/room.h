// The media side of a room on this shard: who is in it, and when its slots are to be filled anew.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "router/audio_ranking.h"
#include "router/commands.h"
#include "router/layout.h"
#include "router/publisher.h"
#include "router/receiver.h"
#include "router/steady_allocator.h"

namespace conclave::router {

class Room {
 public:
  // RFC 6464 levels are told to the control plane at most so often.
  static constexpr Duration kLevelsInterval = Duration::Millis(100);
  // How often layers that fell silent, rates and late switches are looked at.
  static constexpr Duration kReviewInterval = Duration::Millis(500);

  // `events` outlives the room.
  Room(RoomId id, size_t audio_slots_max, std::vector<Event>& events);

  RoomId id() const { return id_; }
  bool empty() const { return members_.empty(); }

  // `publisher` and `receiver` stay until Remove.
  void Add(ParticipantIndex member, Publisher& publisher, Receiver& receiver);
  // Takes the member's tracks out of everybody's slots.
  void Remove(Instant now, ParticipantIndex member);
  // New tracks of a member, or new slots.
  void AddTracks(std::span<SourceTrack* const> tracks);
  void OnSlotsAdded() { all_video_due_ = video_due_ = audio_due_ = true; }
  // Whether the member can be sent to: from the end of its handshake on.
  void SetConnected(Instant now, ParticipantIndex member, bool connected);
  void SetLayout(ParticipantIndex member, std::span<const TrackWish> wishes, DataRate max_rate);
  // What fits the path to the member has changed.
  void OnBudget(ParticipantIndex member);
  // Returns whether the track is one of this room's.
  bool SetMuted(TrackId track, bool muted);

  // ---- The packet path. Both return whether NextDeadline may have moved.
  bool OnAudioPacket(Instant now, SourceTrack& track, uint8_t level);
  bool OnVideoPacket(Instant now, bool layer_began);

  void OnDeadline(Instant now);
  // In the past where something is due at once.
  Instant NextDeadline() const;

 private:
  struct Member {
    ParticipantIndex index;
    Publisher* publisher = nullptr;
    Receiver* receiver = nullptr;
    Layout layout;
    SteadyAllocator allocator;
    bool connected = false;
    // Only this member's video slots are to be filled anew.
    bool video_due = false;
  };

  Member* Find(ParticipantIndex member);
  SourceTrack* TrackOf(TrackId id) const;
  void FillAudio(Instant now);
  // Whether what the member gets depends on rates.
  static bool Limited(Instant now, const Member& member);
  void FillVideo(Instant now);
  // wishes_ are the member's.
  void FillVideo(Instant now, Member& member);
  void Wishes(const Member& member, std::span<const LayoutTrack> tracks,
              std::vector<TrackWish>& out) const;
  // What the member's slots hold is asked of the publishers.
  void WantFilled(Instant now, const Member& member);
  // What a member that is not connected yet will want is asked for meanwhile, so that its first
  // picture waits for no encoder. wishes_ are the member's.
  void WantAhead(Instant now, Member& member);
  void ReviewWanted(Instant now);
  void TellWanted();
  std::vector<LayoutTrack> VideoTracks() const;
  void Review(Instant now);
  bool AvailabilityChanged(Instant now);
  void TellLevels(Instant now);
  void TellDominant();

  const RoomId id_;
  std::vector<Event>& events_;
  std::vector<Member> members_;
  // In order of joining; with the layers that were usable at the last review.
  struct RoomTrack {
    SourceTrack* track = nullptr;
    LayerMask usable = 0;
  };
  std::vector<RoomTrack> tracks_;
  std::unordered_map<TrackId, SourceTrack*> by_id_;
  AudioRanking ranking_;

  bool audio_due_ = false;
  // Somebody's video slots; everybody's.
  bool video_due_ = false;
  bool all_video_due_ = false;
  // Publishers may have to be told what is wanted of them.
  bool wanted_due_ = false;
  // Packets came since the last review; without any, a room costs nothing.
  bool active_ = false;
  Instant next_review_ = Instant::Never();
  Instant next_levels_ = Instant::Never();
  bool told_silence_ = true;
  std::vector<TrackId> scratch_;
  std::vector<TrackWish> wishes_;
};

}  // namespace conclave::router
