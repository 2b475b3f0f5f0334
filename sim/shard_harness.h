// Drives a shard without a control plane: clients join with made-up negotiation results.
#pragma once

#include <map>
#include <vector>

#include "sim/world.h"

namespace conclave::sim {

struct JoinOptions {
  bool microphone = true;
  bool camera = true;
  bool screen = false;
  size_t simulcast_layers = 3;
  // Of camera and video slots. AV1 and VP9 are one stream of layers (FakePace::svc).
  router::CodecName video_codec = router::CodecName::kVp8;
  size_t audio_slots = 4;
  size_t video_slots = 4;
  // Whether the slots negotiate transport-wide numbers and the client reports them.
  bool transport_cc = false;
  // Whether video slots negotiate RTX.
  bool rtx = true;
  // The audio slots ask again for what they miss, as no browser does by itself.
  bool audio_nack = false;
  // Audio slots take RED, as Chromium does.
  bool red = false;
  // A sender of the old kind: no transport-wide numbers, but it takes REMB.
  bool remb_sender = false;
  RoomId room = RoomId(1);
  LinkQuality uplink;
  LinkQuality downlink;
  FakePace pace;
  // Whether the client follows LayersWanted, and how long message and encoder take.
  bool follows_wanted = true;
  Duration encoder_restart = Duration::Millis(200);
  // False: the shard knows the participant, whose media waits for Connect.
  bool connects = true;
};

struct Joined {
  ParticipantId id;
  ClientIndex client = 0;
  // Invalid where the client does not send it.
  TrackId microphone;
  TrackId camera;
  TrackId screen;
};

class ShardHarness {
 public:
  // Participants, tracks and SSRCs are numbered from there: others than another shard's.
  explicit ShardHarness(const WorldConfig& config = {}, uint32_t ids_from = 0);

  Joined Join(const JoinOptions& options = {});
  // Media of a participant that joined without: its first check leaves now.
  void Connect(Joined& who);
  void Leave(const Joined& who);
  void Move(const Joined& who, RoomId room) {
    world.Command(router::MoveParticipant{who.id, room});
  }
  void SetLayout(const Joined& who, std::vector<router::TrackWish> wishes,
                 DataRate max_rate = DataRate());
  // One more media section on both ends.
  void AddVideoSlot(const Joined& who);
  // The client's way down changes.
  void SetDownlink(const Joined& who, const LinkQuality& link) {
    world.SetDownlink(who.client, link);
  }
  void Mute(TrackId track, bool muted) { world.Command(router::SetTrackMuted{track, muted}); }

  MediaClient& media(const Joined& who) { return world.client(who.client); }
  // The slot that carries the track, as the client was told; null where none does.
  const SlotReceiver* SlotOf(const Joined& who, TrackId track);
  const router::SlotAssignment* Told(const Joined& who, TrackId track) const;
  size_t CountEvents(size_t alternative) const;

  World world;
  std::vector<router::Event> events;
  // What each client was told of its slots.
  std::map<ParticipantId, std::map<SlotId, router::SlotAssignment>> slot_maps;
  // What was wanted last of each track whose publisher was told.
  std::map<TrackId, router::WantedTrack> layers_wanted;

 private:
  router::TrackConfig MakeTrack(TrackId id, router::SourceKind source, size_t layers,
                                router::CodecName video);
  router::SlotConfig MakeSlot(uint16_t id, router::MediaKind kind, bool transport_cc = false,
                              bool rtx = true, router::CodecName video = router::CodecName::kVp8);

  void Follow(const router::LayersWanted& event);

  // Who follows LayersWanted.
  struct Encoder {
    ClientIndex client = 0;
    Duration restart;
  };
  struct Waiting {
    MediaClientConfig media;
    LinkQuality uplink;
    LinkQuality downlink;
    std::vector<TrackId> followers;
    Duration restart;
  };

  SeededRandom random_;
  std::map<ParticipantId, Waiting> waiting_;
  std::map<TrackId, Encoder> encoders_;
  uint32_t participants_;
  uint32_t tracks_;
  uint32_t ssrcs_;
};

}  // namespace conclave::sim
