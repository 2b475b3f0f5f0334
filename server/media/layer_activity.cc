#include "media/layer_activity.h"

#include <algorithm>

namespace conclave::media {

void LayerActivity::OnPacket(Instant now, uint8_t index, size_t size_bytes) {
  if (index >= kLayersMax) return;
  Layer& layer = layers_[index];
  const bool resumed = !layer.seen || now - layer.last > kSilence;
  if (resumed) {
    layer = Layer{.seen = true, .last = now, .window_start = now, .last_rate = layer.last_rate};
  }
  layer.last = now;
  newest_ = std::max(newest_, now);
  const Duration window = now - layer.window_start;
  if (window >= kRateWindow) {
    const DataRate measured = DataRate::Of(layer.window_bytes, window);
    layer.rate = layer.rate == DataRate() ? measured
                                          : DataRate::Bps((layer.rate.bps() + measured.bps()) / 2);
    layer.last_rate = layer.rate;
    layer.window_start = now;
    layer.window_bytes = 0;
  }
  layer.window_bytes += static_cast<int64_t>(size_bytes);
}

bool LayerActivity::Available(uint8_t layer) const {
  return layer < kLayersMax && layers_[layer].seen && newest_ - layers_[layer].last <= kSilence;
}

DataRate LayerActivity::Rate(Instant now, uint8_t layer) const {
  if (layer >= kLayersMax || now - layers_[layer].last > kSilence) return DataRate();
  return layers_[layer].rate;
}

bool LayerActivity::Idle(Instant now, uint8_t layer) const {
  return layer < kLayersMax && layers_[layer].seen && now - layers_[layer].last > kSilence;
}

}  // namespace conclave::media
