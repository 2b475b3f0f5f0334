#include "router/source_track.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace conclave::router {
namespace {

constexpr int64_t kSequenceCycle = 1 << 16;

size_t LayerCount(const TrackConfig& config) {
  return std::clamp<size_t>(config.rids.size(), 1, media::kLayersMax);
}

}  // namespace

SourceTrack::SourceTrack(const TrackConfig& config, ParticipantIndex owner,
                         const media::PublisherClock& clock, TouchedParticipants& touched)
    : config_(config),
      owner_(owner),
      publisher_clock_(clock),
      touched_(touched),
      states_(LayerCount(config)) {
  layers_.reserve(LayerCount(config));
  for (size_t i = 0; i < LayerCount(config); ++i) layers_.emplace_back(clock_rate());
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
  layer.statistics.emplace(ssrc, clock_rate());
  layer.clock.emplace(clock_rate());
  layer.nack.Reset();
}

void SourceTrack::Subscribe(uint8_t index, const Subscription& subscription) {
  TrackLayer& layer = layers_[index];
  // Nobody has asked for repeats of what nobody received.
  if (layer.subscriptions.empty()) layer.nack.Reset();
  layer.subscriptions.push_back(subscription);
}

void SourceTrack::Unsubscribe(uint8_t index, const Subscription& subscription) {
  TrackLayer& layer = layers_[index];
  const auto found = std::ranges::find(layer.subscriptions, subscription);
  CHECK(found != layer.subscriptions.end());
  *found = layer.subscriptions.back();
  layer.subscriptions.pop_back();
  if (!layer.subscriptions.empty()) return;
  layer.nack.Reset();
  layer.keyframes.Cancel();
  layer.pli_due = false;
}

bool SourceTrack::wanted() const {
  return std::ranges::any_of(layers_,
                             [](const TrackLayer& layer) { return !layer.subscriptions.empty(); });
}

void SourceTrack::RequestKeyFrame(Instant now, uint8_t index) {
  if (kind() == MediaKind::kAudio) return;
  TrackLayer& layer = layers_[index];
  if (layer.keyframes.Request(now)) layer.pli_due = true;
  touched_.Add(owner_);
}

bool SourceTrack::OnActivity(Instant now, uint8_t layer, size_t size_bytes) {
  const bool was_available = activity_.Available(layer);
  activity_.OnPacket(now, layer, size_bytes);
  return !was_available;
}

std::span<const media::LayerState> SourceTrack::LayerStates(Instant now) {
  for (size_t i = 0; i < layers_.size(); ++i) {
    const auto index = static_cast<uint8_t>(i);
    states_[i] = {activity_.Available(index), media::AssumedHeight(i, layers_.size()),
                  activity_.Rate(now, index), activity_.Idle(now, index)};
  }
  return states_;
}

}  // namespace conclave::router
