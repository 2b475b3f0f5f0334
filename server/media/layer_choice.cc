#include "media/layer_choice.h"

namespace conclave::media {
namespace {

constexpr uint16_t kTopHeightPx = 720;

// Enlarging a picture by a quarter is not seen; the next layer costs three times the rate.
bool HighEnough(uint16_t height_px, uint16_t wish_px) { return height_px * 5 >= wish_px * 4; }

// Encoders overshoot their target by up to a fifth over a second.
bool Fits(DataRate rate, DataRate budget, bool is_up_switch) {
  if (budget == DataRate()) return true;
  return is_up_switch ? rate.bps() * 6 <= budget.bps() * 5 : rate <= budget;
}

}  // namespace

uint16_t AssumedHeight(size_t index, size_t count) {
  const size_t halvings = index < count ? count - 1 - index : 0;
  return static_cast<uint16_t>(kTopHeightPx >> (halvings < kLayersMax ? halvings : kLayersMax));
}

std::optional<uint8_t> ChooseLayer(uint16_t wish_px, std::span<const LayerState> layers,
                                   DataRate budget, std::optional<uint8_t> current) {
  if (wish_px == 0) return std::nullopt;
  std::optional<uint8_t> chosen;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i].available) continue;
    const bool is_up_switch = !current || i > *current;
    if (chosen && !Fits(layers[i].rate, budget, is_up_switch)) break;
    chosen = static_cast<uint8_t>(i);
    if (HighEnough(layers[i].height_px, wish_px)) break;
  }
  return chosen;
}

}  // namespace conclave::media
