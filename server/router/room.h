// The media side of a room on this shard: who is in it, and when its slots are to be filled anew.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "router/audio_ranking.h"
#include "router/commands.h"
#include "router/layout.h"
#include "router/load_governor.h"
#include "router/publisher.h"
#include "router/receiver.h"
#include "router/relay.h"
#include "router/steady_allocator.h"

namespace conclave::router {

class Room {
 public:
  // RFC 6464 levels are told to the control plane at most so often.
  static constexpr Duration kLevelsInterval = Duration::Millis(100);
  // In a large room, where each is a message to everybody.
  static constexpr Duration kLevelsIntervalLarge = Duration::Millis(250);
  static constexpr size_t kLarge = 50;
  // What changes for everybody in a large room is looked at so far apart, times the members: to
  // look at one takes some 5 us, so a thousand take a twentieth of the time.
  static constexpr Duration kSpacingPerMember = Duration::Micros(100);
  // Media waits while members are looked at: no longer than it takes for so many.
  static constexpr size_t kMembersPerCall = 32;
  // How often layers that fell silent, rates and late switches are looked at.
  static constexpr Duration kReviewInterval = Duration::Millis(500);

  // `events` and `relays` outlive the room.
  Room(RoomId id, size_t audio_slots_max, std::vector<Event>& events, RelayOutbox& relays);

  RoomId id() const { return id_; }
  // Nothing of it is here, and nobody may come by another shard's word.
  bool ended() const { return members_.empty() && by_id_.empty() && !spread_; }

  // What a member takes along into another room.
  struct Belongings {
    Layout layout;
    bool connected = false;
  };
  // `publisher` and `receiver` stay until Remove.
  void Add(ParticipantIndex member, Publisher& publisher, Receiver& receiver,
           Belongings belongings);
  // Takes the member's tracks out of everybody's slots.
  Belongings Remove(Instant now, ParticipantIndex member);
  // New tracks of a member, or new slots.
  void AddTracks(std::span<SourceTrack* const> tracks);
  void OnSlotsAdded() { all_video_due_ = audio_due_ = true; }
  // Whether the member can be sent to: from the end of its handshake on.
  void SetConnected(Instant now, ParticipantIndex member, bool connected);
  void SetLayout(ParticipantIndex member, std::span<const TrackWish> wishes, DataRate max_rate);
  // What fits the path to the member has changed.
  void OnBudget(ParticipantIndex member);
  // The shard has more or less time than before.
  void SetShedding(Shedding shedding);
  // Returns whether the track is one of this room's.
  bool SetMuted(TrackId track, bool muted);

  // ---- Between shards (router/relay.h)

  // These have members of it too, or may have them: none, once the meeting is over. Of all its
  // shards one tells the control plane who speaks.
  void SetSpread(std::span<const ShardId> others, bool tells);
  // A track of another shard; stays until RemoveRemote.
  void AddRemote(SourceTrack& track);
  void RemoveRemote(Instant now, SourceTrack& track);
  void OnRemoteState(Instant now, SourceTrack& track, TrackStateRelayed state);
  void OnRelayWanted(Instant now, ShardId from, const RelayWanted& wanted);

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
  void RemoveTrack(Instant now, SourceTrack& track);
  // Among those of whom the loudest are heard, or not.
  void Rank(const SourceTrack& track, bool heard);
  // Fill the member's video slots: at once, or with the next others.
  void MakeVideoDue(Member& member) {
    if (!std::exchange(member.video_due, true)) video_due_.push_back(member.index);
  }
  // How far apart things are that concern everybody.
  Duration Spacing() const;
  Duration LevelsInterval() const;
  bool video_due() const { return all_video_due_ || !video_due_.empty(); }
  // Of the next few members.
  void FillAudio(Instant now);
  void FillAudio(Instant now, const Member& member);
  // Whether what the member gets depends on rates.
  static bool Limited(Instant now, const Member& member);
  // Of the next few members that are due.
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
  // In order of joining.
  std::span<const LayoutTrack> VideoTracks();
  void Review(Instant now);
  bool AvailabilityChanged(Instant now);
  // The layers of a track that a receiver can have.
  static LayerMask Usable(Instant now, SourceTrack& track);
  void TellLevels(Instant now);
  void TellDominant();
  bool tells() const { return !spread_ || spread_->tells; }

  // Those of `tracks` that are this shard's, to other shards.
  void Announce(std::span<const ShardId> to, std::span<const TrackId> tracks);
  bool relay_due() const { return spread_ && (spread_->voices.changed() || spread_->states_due); }
  void ServeRelay(Instant now);
  // The loudest of this shard are heard on the others.
  void RelayVoices();
  void ForgetRelayed(SourceTrack& track);

  const RoomId id_;
  std::vector<Event>& events_;
  std::vector<Member> members_;
  std::unordered_map<uint32_t, size_t> places_;
  // Video, in order of joining; with the layers that were usable at the last review.
  struct RoomTrack {
    SourceTrack* track = nullptr;
    LayerMask usable = 0;
  };
  std::vector<RoomTrack> videos_;
  // As VideoTracks has it, unless that is out of date.
  std::vector<LayoutTrack> layout_tracks_;
  bool layout_tracks_stale_ = false;
  std::unordered_map<TrackId, SourceTrack*> by_id_;
  AudioRanking ranking_;
  Shedding shedding_ = Shedding::kNothing;

  bool audio_due_ = false;
  // Whose audio slots are still to be filled, of all that are.
  std::vector<ParticipantIndex> audio_fill_;
  // Whose video slots are to be filled anew; everybody's.
  std::vector<ParticipantIndex> video_due_;
  bool all_video_due_ = false;
  // Somebody waits for it.
  bool urgent_ = false;
  // What is due and not urgent waits until then.
  Instant next_video_;
  Instant next_audio_;
  // Publishers may have to be told what is wanted of them.
  bool wanted_due_ = false;
  // Packets came since the last review; without any, a room costs nothing.
  bool active_ = false;
  Instant next_review_ = Instant::Never();
  Instant next_levels_ = Instant::Never();
  bool told_silence_ = true;
  // Of a room that is on several shards.
  struct Spread {
    std::vector<ShardId> others;
    ShardMask mask = 0;
    bool tells = true;
    // The microphones here.
    AudioRanking voices;
    // Of these, those that cross.
    std::vector<TrackId> crossing;
    // Audio that the others know: what has crossed once.
    std::unordered_set<TrackId> announced;
    bool states_due = true;
  };
  std::unique_ptr<Spread> spread_;
  const size_t audio_slots_max_;
  RelayOutbox& relays_;
  std::vector<TrackId> scratch_;
  std::vector<TrackId> own_;
  std::vector<TrackWish> wishes_;
  // One member's after the other.
  AllocationScratch allocation_;
};

}  // namespace conclave::router
