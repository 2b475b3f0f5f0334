#include "media/layer_activity.h"

#include <algorithm>
#include <numeric>

namespace conclave::media {
namespace {

constexpr int64_t kClockHz = 90'000;

// How much of the interval between frames the newest one makes: an eighth, which is a quarter of a
// second of a camera.
constexpr int64_t kFramesSmoothed = 8;

// A window's part in the shares: with few frames in a second, a window has only some of the layers.
constexpr int64_t kKeptOfFour = 3;

}  // namespace

void LayerActivity::OnPacket(Instant now, uint8_t index, const Arrival& packet) {
  if (index >= kLayersMax) return;
  Layer& layer = layers_[index];
  const bool resumed = !layer.seen || now - layer.last > kSilence;
  if (resumed) {
    layer = Layer{.seen = true,
                  .last = now,
                  .window_start = now,
                  .last_rate = layer.last_rate,
                  .bytes = layer.bytes,
                  .frame_ticks = layer.frame_ticks};
  }
  layer.last = now;
  newest_ = std::max(newest_, now);
  CountFrame(packet.timestamp, layer);
  if (!Counts(now, packet, layer)) return;
  if (now - layer.window_start >= kRateWindow) CloseWindow(now, layer);
  const size_t temporal = std::min<size_t>(packet.temporal_layer, kTemporalLayersMax - 1);
  layer.window_bytes[temporal] += static_cast<int64_t>(packet.size_bytes);
}

void LayerActivity::CountFrame(int64_t timestamp, Layer& layer) {
  if (!layer.newest_frame) layer.newest_frame = timestamp;
  const int64_t ticks = timestamp - *layer.newest_frame;
  if (ticks == 0 || (ticks < 0 && ticks > -kClockHz)) return;
  layer.newest_frame = timestamp;
  // A source that paused or went back in time says nothing of its frames.
  if (ticks < 0 || ticks > kClockHz) return;
  layer.frame_ticks = layer.frame_ticks == 0
                          ? ticks
                          : layer.frame_ticks + (ticks - layer.frame_ticks) / kFramesSmoothed;
}

// Takes the time between a key frame and the frame after it out of the window.
bool LayerActivity::Counts(Instant now, const Arrival& packet, Layer& layer) {
  if (!layer.key_frame) {
    if (!packet.key_frame) return true;
    layer.key_frame = packet.timestamp;
    layer.key_frame_since = now;
    return false;
  }
  const Duration elapsed = now - layer.key_frame_since;
  const int64_t ticks = packet.timestamp - *layer.key_frame;
  // A source that begins anew may have gone back in time.
  if (ticks <= 0 && elapsed < kSilence) return false;
  const int64_t interval_us = std::clamp<int64_t>(ticks, 0, kClockHz) * 1'000'000 / kClockHz;
  layer.window_start = layer.window_start + std::min(Duration::Micros(interval_us), elapsed);
  layer.key_frame.reset();
  return true;
}

void LayerActivity::CloseWindow(Instant now, Layer& layer) {
  const int64_t bytes = std::reduce(layer.window_bytes.begin(), layer.window_bytes.end());
  const DataRate measured = DataRate::Of(bytes, now - layer.window_start);
  layer.rate =
      layer.rate == DataRate() ? measured : DataRate::Bps((layer.rate.bps() + measured.bps()) / 2);
  layer.last_rate = layer.rate;
  for (size_t t = 0; t < kTemporalLayersMax; ++t) {
    layer.bytes[t] = layer.bytes[t] * kKeptOfFour / 4 + layer.window_bytes[t];
  }
  layer.window_start = now;
  layer.window_bytes = {};
}

bool LayerActivity::Available(uint8_t layer) const {
  return layer < kLayersMax && layers_[layer].seen && newest_ - layers_[layer].last <= kSilence;
}

DataRate LayerActivity::Rate(Instant now, uint8_t layer) const {
  if (layer >= kLayersMax || now - layers_[layer].last > kSilence) return DataRate();
  return layers_[layer].rate;
}

std::optional<uint8_t> LayerActivity::FrameRate(uint8_t layer) const {
  if (layer >= kLayersMax || layers_[layer].frame_ticks == 0) return std::nullopt;
  const int64_t ticks = layers_[layer].frame_ticks;
  return static_cast<uint8_t>(std::clamp<int64_t>((kClockHz + ticks / 2) / ticks, 1, 255));
}

TemporalShares LayerActivity::Shares(uint8_t index, uint8_t temporal_layers) const {
  if (index >= kLayersMax) return TypicalShares(temporal_layers);
  const auto& bytes = layers_[index].bytes;
  const int64_t all = std::reduce(bytes.begin(), bytes.end());
  if (all == 0 || bytes[0] == 0) return TypicalShares(temporal_layers);
  TemporalShares shares;
  shares.fill(100);
  int64_t sum = 0;
  for (size_t t = 0; t + 1 < temporal_layers && t < kTemporalLayersMax; ++t) {
    sum += bytes[t];
    shares[t] = static_cast<uint8_t>(std::max<int64_t>(1, sum * 100 / all));
  }
  return shares;
}

bool LayerActivity::Idle(Instant now, uint8_t layer) const {
  return layer < kLayersMax && layers_[layer].seen && now - layers_[layer].last > kSilence;
}

}  // namespace conclave::media
