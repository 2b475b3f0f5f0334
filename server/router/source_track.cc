#include "router/source_track.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"

namespace conclave::router {
namespace {

constexpr int64_t kSequenceCycle = 1 << 16;
// A review or two.
constexpr Duration kRemoteOffDelay = Duration::Seconds(1);

size_t LayerCount(const TrackConfig& config) {
  return std::clamp<size_t>(config.rids.size(), 1, media::kLayersMax);
}

// The lowest encoding may turn out to carry spatial layers.
size_t LevelsMax(const TrackConfig& config) {
  return std::max<size_t>(LayerCount(config), media::kSpatialLayersMax);
}

// The lowest temporal layer of a spatial one that needs the frame. Requires one.
uint8_t TemporalIn(const media::FrameFacts& frame, uint8_t spatial) {
  const unsigned points = frame.needed_for & media::OfSpatial(spatial);
  return static_cast<uint8_t>(std::countr_zero(points) % media::kTemporalLayersMax);
}

}  // namespace

SourceTrack::SourceTrack(const TrackConfig& config, ParticipantIndex owner,
                         const media::PublisherClock& clock, TouchedParticipants& touched)
    : config_(config),
      owner_(owner),
      publisher_clock_(clock),
      touched_(&touched),
      wanted_(LevelsMax(config)),
      states_(media::kLayersMax) {
  layers_.reserve(LayerCount(config));
  for (size_t i = 0; i < LayerCount(config); ++i) layers_.emplace_back(clock_rate());
}

// Only what receivers here want is asked for; the track's own shard goes on asking for a while.
SourceTrack::SourceTrack(const TrackConfig& config, RemoteIndex place,
                         const media::PublisherClock& clock, TouchedRemotes& touched)
    : config_(config),
      owner_(kElsewhere),
      publisher_clock_(clock),
      remote_touched_(&touched),
      remote_place_(place),
      wanted_(0, kRemoteOffDelay),
      states_(media::kLayersMax) {
  layers_.reserve(LayerCount(config));
  for (size_t i = 0; i < LayerCount(config); ++i) layers_.emplace_back(clock_rate());
  told_state_.levels = static_cast<uint8_t>(layers_.size());
}

std::optional<uint8_t> SourceTrack::LayerOfRid(std::string_view rid) const {
  const auto found = std::ranges::find(config_.rids, rid);
  const auto index = static_cast<size_t>(found - config_.rids.begin());
  if (index >= config_.rids.size() || index >= layers_.size()) return std::nullopt;
  return static_cast<uint8_t>(index);
}

const CodecConfig* SourceTrack::CodecOf(uint8_t payload_type) const {
  const auto found = std::ranges::find(config_.codecs, payload_type, &CodecConfig::payload_type);
  return found == config_.codecs.end() ? nullptr : &*found;
}

const CodecConfig* SourceTrack::CodecOfRtx(uint8_t rtx_payload_type) const {
  if (rtx_payload_type == 0) return nullptr;
  const auto found =
      std::ranges::find(config_.codecs, rtx_payload_type, &CodecConfig::rtx_payload_type);
  return found == config_.codecs.end() ? nullptr : &*found;
}

void SourceTrack::BeginSsrc(uint8_t index, uint32_t ssrc) {
  TrackLayer& layer = layers_[index];
  if (layer.ssrc != 0) {
    layer.sequence_base = (layer.sequence_highest / kSequenceCycle + 1) * kSequenceCycle;
  }
  layer.ssrc = ssrc;
  layer.sequence = {};
  *layer.frames = {};
  layer.statistics.emplace(ssrc, clock_rate());
  layer.clock.emplace(clock_rate());
  layer.nack.Reset();
}

void SourceTrack::Subscribe(uint8_t index, const Subscription& subscription) {
  TrackLayer& layer = layers_[index];
  // Nobody has asked for repeats of what nobody received.
  if (!layer.wanted()) layer.nack.Reset();
  layer.subscriptions.push_back(subscription);
  if (is_remote()) TouchRemote();
}

void SourceTrack::Unsubscribe(uint8_t index, const Subscription& subscription) {
  TrackLayer& layer = layers_[index];
  const auto found = std::ranges::find(layer.subscriptions, subscription);
  CHECK(found != layer.subscriptions.end());
  *found = layer.subscriptions.back();
  layer.subscriptions.pop_back();
  if (is_remote()) TouchRemote();
  if (!layer.wanted()) OnUnwanted(layer);
}

void SourceTrack::OnUnwanted(TrackLayer& layer) {
  layer.nack.Reset();
  layer.keyframes.Cancel();
  layer.pli_due = false;
}

bool SourceTrack::wanted() const { return std::ranges::any_of(layers_, &TrackLayer::wanted); }

void SourceTrack::RequestKeyFrame(Instant now, uint8_t index) {
  if (kind() == MediaKind::kAudio) return;
  if (is_remote()) {
    // Merged and spaced where the publisher is.
    key_frames_needed_ = static_cast<uint8_t>(key_frames_needed_ | 1U << index);
    return TouchRemote();
  }
  TrackLayer& layer = layers_[index];
  if (layer.keyframes.Request(now)) layer.pli_due = true;
  touched_->Add(owner_);
}

void SourceTrack::Hold(LayerMask layers) {
  for (size_t i = 0; i < holders_.size(); ++i) {
    if ((layers >> i & 1) != 0) ++holders_[i];
  }
}

void SourceTrack::Release(LayerMask layers) {
  for (size_t i = 0; i < holders_.size(); ++i) {
    if ((layers >> i & 1) == 0) continue;
    CHECK(holders_[i] > 0);
    --holders_[i];
  }
}

LayerMask SourceTrack::in_use() const {
  unsigned mask = 0;
  for (size_t i = 0; i < levels(); ++i) {
    const bool sent = i < layers_.size() && layers_[i].wanted();
    if (holders_[i] > 0 || sent) mask |= 1U << i;
  }
  for (const RelayUse& use : relay_uses_) mask |= use.layers;
  return static_cast<LayerMask>(mask);
}

WantedTrack SourceTrack::Wanted() const {
  const auto all = static_cast<LayerMask>((1U << levels()) - 1);
  const auto asked = static_cast<LayerMask>(wanted_.asked() & all);
  WantedTrack wanted{.track = id(), .encodings = static_cast<uint8_t>(asked)};
  // One encoding carries all layers.
  if (scalable()) wanted.encodings = asked != 0 ? 1 : 0;
  if (asked != 0) {
    wanted.height_px = HeightOf(static_cast<uint8_t>(std::bit_width<unsigned>(asked) - 1));
  }
  return wanted;
}

std::optional<WantedTrack> SourceTrack::TakeWanted() {
  const auto all = static_cast<LayerMask>((1U << levels()) - 1);
  const bool everything = (wanted_.asked() & all) == all;
  if (!told_ && everything) return std::nullopt;
  const WantedTrack wanted = Wanted();
  if (told_ == wanted) return std::nullopt;
  told_ = wanted;
  return wanted;
}

size_t SourceTrack::levels() const {
  if (is_remote()) return told_state_.levels;
  return scalable() ? layers_[0].frames->spatial_layers() : layers_.size();
}

StreamPoint SourceTrack::PointOf(const LayerChoice& choice) const {
  if (scalable()) {
    return {0, {std::min(choice.layer, media::kTopPoint.spatial), choice.temporal}};
  }
  // A stream that has begun anew may not have shown its layers yet.
  const auto top = static_cast<uint8_t>(layers_.size() - 1);
  return {std::min(choice.layer, top), {media::kTopPoint.spatial, choice.temporal}};
}

bool SourceTrack::OnActivity(Instant now, const media::PacketInfo& info, size_t size_bytes) {
  const size_t count = levels();
  const bool layered = scalable();
  media::LayerActivity::Arrival arrival = {.size_bytes = size_bytes,
                                           .temporal_layer = info.frame.temporal_layer,
                                           .timestamp = info.timestamp};
  // Audio has no other frames.
  arrival.key_frame = info.frame.key_frame && kind() == MediaKind::kVideo;
  bool began = layered != was_scalable_ && layers_.size() > 1;
  // The publisher counts with all that it may send of what it begins.
  if (began) told_.reset();
  was_scalable_ = layered;
  for (uint8_t level = 0; level < count; ++level) {
    const bool counts =
        layered ? (info.frame.needed_for & media::OfSpatial(level)) != 0 : level == info.layer;
    if (!counts) continue;
    if (layered) arrival.temporal_layer = TemporalIn(info.frame, level);
    const bool came = activity_.Available(level) && !wanted_.Dormant(now, level);
    activity_.OnPacket(now, level, arrival);
    wanted_.OnPacket(level);
    began |= !came && !wanted_.Dormant(now, level);
  }
  return began;
}

uint16_t SourceTrack::HeightOf(uint8_t level) const {
  const uint16_t told = scalable() ? layers_[0].frames->height_px(level) : uint16_t{0};
  return told != 0 ? told : media::AssumedHeight(level, levels());
}

std::span<const media::LayerState> SourceTrack::LayerStates(Instant now) {
  const size_t count = levels();
  // As it was told.
  if (is_remote()) return std::span(states_).first(count);
  for (size_t i = 0; i < count; ++i) {
    const auto index = static_cast<uint8_t>(i);
    const bool dormant = wanted_.Dormant(now, index);
    media::LayerState& state = states_[i];
    state.available = !dormant && activity_.Available(index);
    state.dormant = dormant;
    state.height_px = HeightOf(index);
    state.temporal_layers = ReaderOf(i).temporal_layers();
    state.shares = activity_.Shares(index, state.temporal_layers);
    state.fps = activity_.FrameRate(index).value_or(media::LayerState().fps);
    state.rate = activity_.Rate(now, index);
    state.idle = !dormant && activity_.Idle(now, index);
    // It is about as costly as before, until it is measured again.
    if (state.rate == DataRate() && !state.idle) state.rate = activity_.LastRate(index);
  }
  return std::span(states_).first(count);
}

}  // namespace conclave::router
