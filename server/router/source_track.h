// One of a publisher's tracks: what is known of each of its layers, and who wants it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/sequence_numbers.h"
#include "base/time.h"
#include "media/audio_activity.h"
#include "media/frame_reader.h"
#include "media/keyframe_requester.h"
#include "media/layer_activity.h"
#include "media/nack_generator.h"
#include "media/packet_pool.h"
#include "media/publisher_clock.h"
#include "media/receive_statistics.h"
#include "media/sequence_window.h"
#include "media/source_sequence.h"
#include "router/commands.h"
#include "router/egress.h"
#include "router/layer_choice.h"
#include "router/media_kind.h"
#include "router/relay.h"
#include "router/wanted_layers.h"

namespace conclave::router {

// A receiver's slot that wants a layer.
struct Subscription {
  Egress* egress = nullptr;
  uint16_t slot = 0;
  bool operator==(const Subscription&) const = default;
};

// What a receiver gets of a track: one of its encodings, and of that these layers.
struct StreamPoint {
  uint8_t encoding = 0;
  media::LayerPoint point;
  bool operator==(const StreamPoint&) const = default;
};

// The receiving state of one simulcast encoding (or of the only one).
struct TrackLayer {
  explicit TrackLayer(uint32_t clock_rate) : frames(std::make_unique<media::FrameReader>()) {
    clock.emplace(clock_rate);
  }

  uint32_t ssrc = 0;
  media::SourceSequence sequence;
  // A multiple of 2^16 added to what `sequence` says: a new SSRC goes on in a later cycle, so that
  // for everybody behind, it is one large gap forward.
  int64_t sequence_base = 0;
  int64_t sequence_highest = 0;
  // Retransmissions of what has come, with which browsers probe the path, are not packets.
  media::SequenceWindow came;
  RtpTimeUnwrapper timestamp;
  // What the packets' frames are to one another; never null.
  std::unique_ptr<media::FrameReader> frames;
  // Of the current SSRC; none before its first packet.
  std::optional<media::ReceiveStatistics> statistics;
  // Of the current SSRC; always set.
  std::optional<media::TrackClock> clock;
  media::NackGenerator nack;
  media::KeyframeRequester keyframes;
  // KeyframeRequester said "send a PLI", which the publisher's next deadline does.
  bool pli_due = false;
  // An unwanted layer costs nothing per receiver: its list is empty.
  std::vector<Subscription> subscriptions;
  // Where receivers on other shards want it.
  ShardMask relayed_to = 0;

  bool wanted() const { return !subscriptions.empty() || relayed_to != 0; }
};

class SourceTrack {
 public:
  // `clock` (of the publisher) and `touched` outlive the track; `touched` is told of `owner` when a
  // key frame is wanted.
  SourceTrack(const TrackConfig& config, ParticipantIndex owner, const media::PublisherClock& clock,
              TouchedParticipants& touched);
  // A track whose packets come from another shard, which gets to know what is wanted of it:
  // `touched` is told of `place` when TakeRelayWanted may have something. All of these outlive it.
  SourceTrack(const TrackConfig& config, RemoteIndex place, const media::PublisherClock& clock,
              TouchedRemotes& touched);
  SourceTrack(const SourceTrack&) = delete;
  SourceTrack& operator=(const SourceTrack&) = delete;

  const TrackConfig& config() const { return config_; }
  TrackId id() const { return config_.track; }
  ParticipantIndex owner() const { return owner_; }
  MediaKind kind() const { return KindOf(config_.source); }
  bool is_screen() const {
    return config_.source == SourceKind::kScreenVideo || config_.source == SourceKind::kScreenAudio;
  }
  // Another shard's.
  bool is_remote() const { return remote_touched_ != nullptr; }
  uint32_t clock_rate() const { return ClockRateOf(kind()); }
  bool muted() const { return config_.muted; }
  void set_muted(bool muted) { config_.muted = muted; }

  std::vector<TrackLayer>& layers() { return layers_; }
  TrackLayer& layer(size_t index) { return layers_[index]; }
  // The layer of a rid; nullopt where it was not offered.
  std::optional<uint8_t> LayerOfRid(std::string_view rid) const;
  // Null where the payload type was not negotiated.
  const CodecConfig* CodecOf(uint8_t payload_type) const;
  const CodecConfig* CodecOfRtx(uint8_t rtx_payload_type) const;

  // A layer's packets come with this SSRC from now on.
  void BeginSsrc(uint8_t layer, uint32_t ssrc);

  void Subscribe(uint8_t layer, const Subscription& subscription);
  void Unsubscribe(uint8_t layer, const Subscription& subscription);
  bool wanted() const;

  // A slot has a use for these layers until it releases them.
  void Hold(LayerMask layers);
  void Release(LayerMask layers);
  // What slots hold and what they are being sent.
  LayerMask in_use() const;
  WantedLayers& wanted_layers() { return wanted_; }
  // What the publisher is to be told of them, where that differs from what it was told last (in the
  // beginning: to send everything).
  std::optional<WantedTrack> TakeWanted();
  bool Dormant(Instant now, uint8_t layer) const { return wanted_.Dormant(now, layer); }

  // Somebody needs a key frame of the layer. Merged and spaced; repeated until one comes or nobody
  // wants the layer any more.
  void RequestKeyFrame(Instant now, uint8_t layer);

  // One stream carries several spatial layers, so that these are the layers that a receiver chooses
  // among; else these are the simulcast encodings. A publisher that goes over from one to the other
  // sends spatial layers as its lowest encoding, and nothing as the others.
  bool scalable() const {
    return is_remote() ? told_state_.scalable : layers_[0].frames->spatial_layers() > 1;
  }
  // Which encoding carries a choice among LayerStates, and what of it.
  StreamPoint PointOf(const LayerChoice& choice) const;

  // A packet of an encoding arrived. Returns whether a layer has become available, or all of them
  // are others than before.
  bool OnActivity(Instant now, const media::PacketInfo& info, size_t size_bytes);
  // One state per layer, lowest first, valid until the next call. A layer of a scalable stream
  // counts with those below that it needs.
  std::span<const media::LayerState> LayerStates(Instant now);

  // When the layer's media at `timestamp` (its own) was captured, on the server's clock; nullopt
  // before the first sender report.
  std::optional<Instant> CaptureTime(uint8_t layer, uint32_t timestamp) const {
    return layers_[layer].clock->CaptureTime(publisher_clock_, timestamp);
  }

  // Changes when CaptureTime may have become better, for any of the publisher's tracks.
  uint32_t clock_version() const { return publisher_clock_.version(); }
  // Changes when what CaptureTime said before may be wrong.
  uint32_t clock_breaks() const { return publisher_clock_.breaks(); }

  media::AudioActivity& audio_activity() { return audio_activity_; }

  // ---- Between shards (router/relay.h)

  // What another shard's receivers want of it, in place of what they wanted before.
  void SetRelayWanted(Instant now, ShardId from, const RelayWanted& wanted);
  // Packets of all of its encodings are to go to these shards, and to no others.
  void RelayTo(ShardMask shards);
  // It has left its room: nobody elsewhere wants it.
  void ForgetRelays() {
    RelayTo(0);
    relay_uses_.clear();
  }
  // What those shards are to know of it.
  TrackStateRelayed StateFor(Instant now);

  // Of a remote track: what its shard told last.
  void SetState(TrackStateRelayed state);
  // What its shard is to know, where that differs from what it was told last.
  std::optional<RelayWanted> TakeRelayWanted();
  // What is wanted of it may be something else than before.
  void TouchRemote() { remote_touched_->Add(remote_place_); }

 private:
  TrackConfig config_;
  const ParticipantIndex owner_;
  const media::PublisherClock& publisher_clock_;
  // The one of these that is set hears of it.
  TouchedParticipants* const touched_ = nullptr;
  TouchedRemotes* const remote_touched_ = nullptr;
  const RemoteIndex remote_place_;
  std::vector<TrackLayer> layers_;
  size_t levels() const;
  void OnUnwanted(TrackLayer& layer);
  uint16_t HeightOf(uint8_t level) const;
  const media::FrameReader& ReaderOf(size_t level) const {
    return *layers_[scalable() ? 0 : level].frames;
  }
  WantedTrack Wanted() const;

  media::LayerActivity activity_;
  WantedLayers wanted_;
  std::optional<WantedTrack> told_;
  // Whether it was scalable when the last packet came.
  bool was_scalable_ = false;
  // By layer, how many slots hold it.
  std::array<uint16_t, WantedLayers::kLayersMax> holders_{};
  media::AudioActivity audio_activity_;
  std::vector<media::LayerState> states_;

  // What each other shard's receivers have a use for.
  struct RelayUse {
    ShardId shard;
    LayerMask layers = 0;
  };
  std::vector<RelayUse> relay_uses_;

  // ---- Of a remote track
  struct ToldState {
    bool scalable = false;
    uint8_t levels = 0;
  };
  ToldState told_state_;
  uint8_t key_frames_needed_ = 0;
  std::optional<RelayWanted> relay_told_;
};

}  // namespace conclave::router
