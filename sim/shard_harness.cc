#include "sim/shard_harness.h"

#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace conclave::sim {
namespace {

// The client numbers its codecs and extensions unlike the server's other clients do.
constexpr uint8_t kOpusType = 111;
constexpr uint8_t kVideoType = 96;
constexpr uint8_t kRtxType = 97;
constexpr uint8_t kRedType = 63;
constexpr uint8_t kTransportCcId = 3;
constexpr uint8_t kDescriptorId = 9;

router::CodecConfig Video(router::CodecName name) { return {name, kVideoType, kRtxType, ""}; }
router::CodecConfig Opus() { return {router::CodecName::kOpus, kOpusType, 0, "minptime=10"}; }

bool IsScalable(router::CodecName codec) {
  return codec == router::CodecName::kAv1 || codec == router::CodecName::kVp9;
}

router::ExtensionIds SenderExtensions() {
  router::ExtensionIds ids;
  ids.mid = 4;
  ids.rid = 5;
  ids.repaired_rid = 6;
  ids.audio_level = 1;
  ids.transport_cc = kTransportCcId;
  return ids;
}

}  // namespace

ShardHarness::ShardHarness(const WorldConfig& config, uint32_t ids_from)
    : world(config),
      random_(config.seed ^ 0x6861726e657373),
      participants_(ids_from),
      tracks_(ids_from),
      ssrcs_(0x10000 + ids_from) {
  world.on_event = [this](const router::Event& event) {
    events.push_back(event);
    if (const auto* slots = std::get_if<router::SlotsChanged>(&event)) {
      for (const auto& slot : slots->slots) slot_maps[slots->participant][slot.slot] = slot;
    }
    if (const auto* layers = std::get_if<router::LayersWanted>(&event)) Follow(*layers);
  };
}

router::TrackConfig ShardHarness::MakeTrack(TrackId id, router::SourceKind source, size_t layers,
                                            router::CodecName video) {
  router::TrackConfig track;
  track.track = id;
  track.source = source;
  track.mid = std::to_string(static_cast<int>(source));
  const bool audio =
      source == router::SourceKind::kMicrophone || source == router::SourceKind::kScreenAudio;
  track.codecs = {audio ? Opus() : Video(video)};
  track.extensions = SenderExtensions();
  if (!audio && IsScalable(video)) {
    track.extensions.dependency_descriptor = kDescriptorId;
    layers = 1;
  }
  for (size_t i = 0; layers > 1 && i < layers; ++i) track.rids.push_back(std::to_string(i));
  return track;
}

router::SlotConfig ShardHarness::MakeSlot(uint16_t id, router::MediaKind kind, bool transport_cc,
                                          bool rtx, router::CodecName video) {
  router::SlotConfig slot;
  slot.slot = SlotId(id);
  slot.kind = kind;
  slot.mid = "s" + std::to_string(id);
  slot.ssrc = ssrcs_++;
  slot.codecs = {kind == router::MediaKind::kAudio ? Opus() : Video(video)};
  if (kind == router::MediaKind::kVideo && rtx) slot.rtx_ssrc = ssrcs_++;
  if (!rtx) slot.codecs[0].rtx_payload_type = 0;
  slot.extensions.audio_level = kind == router::MediaKind::kAudio ? 1 : 0;
  slot.extensions.abs_send_time = 2;
  slot.extensions.transport_cc = transport_cc ? kTransportCcId : 0;
  const bool layered = kind == router::MediaKind::kVideo && IsScalable(video);
  slot.extensions.dependency_descriptor = layered ? kDescriptorId : 0;
  return slot;
}

Joined ShardHarness::Join(const JoinOptions& options) {
  Joined joined;
  joined.id = ParticipantId(++participants_);
  router::AddParticipant command;
  command.room = options.room;
  command.participant = joined.id;
  command.local = {random_.Text(kIceChars, 16), random_.Text(kIceChars, 32)};
  command.remote = {random_.Text(kIceChars, 8), random_.Text(kIceChars, 24)};
  command.remote_fingerprint = world.client_fingerprint();
  const auto add = [&](bool wanted, router::SourceKind source, size_t layers) {
    if (!wanted) return TrackId();
    command.tracks.push_back(MakeTrack(TrackId(++tracks_), source, layers, options.video_codec));
    if (options.remb_sender) {
      command.tracks.back().extensions.transport_cc = 0;
      command.tracks.back().remb = source == router::SourceKind::kCamera;
    }
    return TrackId(tracks_);
  };
  joined.microphone = add(options.microphone, router::SourceKind::kMicrophone, 1);
  joined.camera = add(options.camera, router::SourceKind::kCamera, options.simulcast_layers);
  joined.screen = add(options.screen, router::SourceKind::kScreenVideo, 1);
  uint16_t slot = 0;
  for (size_t i = 0; i < options.audio_slots; ++i) {
    command.slots.push_back(MakeSlot(++slot, router::MediaKind::kAudio, options.transport_cc));
    command.slots.back().audio_nack = options.audio_nack;
    command.slots.back().red_payload_type = options.red ? kRedType : uint8_t{0};
  }
  for (size_t i = 0; i < options.video_slots; ++i) {
    command.slots.push_back(MakeSlot(++slot, router::MediaKind::kVideo, options.transport_cc,
                                     options.rtx, options.video_codec));
  }
  MediaClientConfig media;
  media.local = command.remote;
  media.remote = command.local;
  media.tracks = command.tracks;
  media.slots = command.slots;
  media.pace = options.pace;
  world.Command(command);
  Waiting& waiting = waiting_[joined.id];
  waiting = {std::move(media), options.uplink, options.downlink, {}, options.encoder_restart};
  if (options.follows_wanted) waiting.followers = {joined.camera, joined.screen};
  if (options.connects) Connect(joined);
  return joined;
}

void ShardHarness::Connect(Joined& who) {
  auto waiting = waiting_.extract(who.id);
  CHECK(!waiting.empty());
  Waiting& ready = waiting.mapped();
  who.client = world.AddClient(std::move(ready.media), ready.uplink, ready.downlink);
  for (const TrackId track : ready.followers) {
    if (track == TrackId()) continue;
    encoders_[track] = {who.client, ready.restart};
    // Told before its media stood.
    const auto told = layers_wanted.find(track);
    if (told == layers_wanted.end()) continue;
    media(who).track(track).SetEncodings(world.now(), told->second.encodings,
                                         told->second.height_px);
  }
}

void ShardHarness::Follow(const router::LayersWanted& event) {
  for (const router::WantedTrack& track : event.tracks) {
    layers_wanted[track.track] = track;
    const auto encoder = encoders_.find(track.track);
    if (encoder == encoders_.end() || !world.has_client(encoder->second.client)) continue;
    world.client(encoder->second.client)
        .track(track.track)
        .SetEncodings(world.now() + encoder->second.restart, track.encodings, track.height_px);
  }
}

void ShardHarness::Leave(const Joined& who) {
  std::erase_if(encoders_, [&](const auto& entry) { return entry.second.client == who.client; });
  world.RemoveClient(who.client);
  world.Command(router::RemoveParticipant{who.id});
}

void ShardHarness::SetLayout(const Joined& who, std::vector<router::TrackWish> wishes,
                             DataRate max_rate) {
  world.Command(router::SetLayout{who.id, std::move(wishes), max_rate});
}

void ShardHarness::AddVideoSlot(const Joined& who) {
  const auto id = static_cast<uint16_t>(media(who).slots().size() + 1);
  const std::vector<router::SlotConfig> slots = {MakeSlot(id, router::MediaKind::kVideo)};
  media(who).AddSlots(slots);
  world.Command(router::AddMediaSections{who.id, {}, slots});
}

const router::SlotAssignment* ShardHarness::Told(const Joined& who, TrackId track) const {
  const auto map = slot_maps.find(who.id);
  if (map == slot_maps.end()) return nullptr;
  for (const auto& [slot, assignment] : map->second) {
    if (assignment.track == track) return &assignment;
  }
  return nullptr;
}

const SlotReceiver* ShardHarness::SlotOf(const Joined& who, TrackId track) {
  const router::SlotAssignment* told = Told(who, track);
  if (!told) return nullptr;
  for (const SlotReceiver& slot : media(who).slots()) {
    if (slot.config().slot == told->slot) return &slot;
  }
  return nullptr;
}

size_t ShardHarness::CountEvents(size_t alternative) const {
  size_t count = 0;
  for (const router::Event& event : events) count += event.index() == alternative ? 1u : 0u;
  return count;
}

}  // namespace conclave::sim
