#include "media/layer_state.h"

#include <algorithm>

namespace conclave::media {
namespace {

constexpr uint16_t kTopHeightPx = 720;

}  // namespace

TemporalShares TypicalShares(uint8_t temporal_layers) {
  switch (temporal_layers) {
    case 1:
      return {100, 100, 100, 100};
    case 2:
      return {60, 100, 100, 100};
    case 3:
      return {40, 60, 100, 100};
    default:
      return {25, 40, 60, 100};
  }
}

double LayerState::FpsUpTo(uint8_t temporal) const {
  const int left_out = std::max(0, temporal_layers - 1 - temporal);
  return static_cast<double>(fps) / (1 << left_out);
}

uint16_t AssumedHeight(size_t index, size_t count) {
  const size_t halvings = index < count ? count - 1 - index : 0;
  return static_cast<uint16_t>(kTopHeightPx >> (halvings < kLayersMax ? halvings : kLayersMax));
}

}  // namespace conclave::media
