// What a track's shard and the others tell each other of it (router/relay.h).
#include <algorithm>
#include <utility>

#include "router/source_track.h"

namespace conclave::router {

void SourceTrack::SetRelayWanted(Instant now, ShardId from, const RelayWanted& wanted) {
  for (uint8_t i = 0; i < layers_.size(); ++i) {
    TrackLayer& layer = layers_[i];
    const bool before = layer.wanted();
    const bool crosses = (wanted.encodings >> i & 1) != 0;
    layer.relayed_to = crosses ? layer.relayed_to | MaskOf(from) : layer.relayed_to & ~MaskOf(from);
    if (before && !layer.wanted()) OnUnwanted(layer);
    if (!before && layer.wanted()) layer.nack.Reset();
    if (crosses && (wanted.key_frames >> i & 1) != 0) RequestKeyFrame(now, i);
  }
  auto use = std::ranges::find(relay_uses_, from, &RelayUse::shard);
  if (use == relay_uses_.end()) use = relay_uses_.insert(use, RelayUse{from});
  use->layers = wanted.layers;
}

void SourceTrack::RelayTo(ShardMask shards) {
  for (TrackLayer& layer : layers_) {
    const bool before = layer.wanted();
    layer.relayed_to = shards;
    if (before && !layer.wanted()) OnUnwanted(layer);
  }
}

TrackStateRelayed SourceTrack::StateFor(Instant now) {
  TrackStateRelayed state;
  state.track = id();
  state.scalable = scalable();
  const auto layers = LayerStates(now);
  state.layers.assign(layers.begin(), layers.end());
  state.clock = publisher_clock_;
  for (const TrackLayer& layer : layers_) state.clocks.push_back(*layer.clock);
  return state;
}

void SourceTrack::SetState(TrackStateRelayed state) {
  const size_t levels = std::min(state.layers.size(), states_.size());
  told_state_ = {state.scalable, static_cast<uint8_t>(std::max<size_t>(levels, 1))};
  std::copy_n(state.layers.begin(), levels, states_.begin());
  const size_t clocks = std::min(state.clocks.size(), layers_.size());
  for (size_t i = 0; i < clocks; ++i) layers_[i].clock = state.clocks[i];
}

std::optional<RelayWanted> SourceTrack::TakeRelayWanted() {
  RelayWanted wanted{.track = id(), .layers = wanted_.asked()};
  for (size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].wanted()) wanted.encodings = static_cast<uint8_t>(wanted.encodings | 1U << i);
  }
  wanted.key_frames = std::exchange(key_frames_needed_, uint8_t{0});
  const bool news = !relay_told_ || wanted.key_frames != 0 ||
                    wanted.encodings != relay_told_->encodings ||
                    wanted.layers != relay_told_->layers;
  relay_told_ = wanted;
  if (!news) return std::nullopt;
  return wanted;
}

}  // namespace conclave::router
