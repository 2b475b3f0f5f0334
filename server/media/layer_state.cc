#include "media/layer_state.h"

namespace conclave::media {
namespace {

constexpr uint16_t kTopHeightPx = 720;

}  // namespace

uint16_t AssumedHeight(size_t index, size_t count) {
  const size_t halvings = index < count ? count - 1 - index : 0;
  return static_cast<uint16_t>(kTopHeightPx >> (halvings < kLayersMax ? halvings : kLayersMax));
}

}  // namespace conclave::media
