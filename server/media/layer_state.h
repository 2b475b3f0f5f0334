// One layer of a track, as those who choose between layers see it (router/allocate.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/data_rate.h"
#include "media/layer_point.h"

namespace conclave::media {

// All temporal layers, however many there are.
inline constexpr uint8_t kAllFrames = kTopPoint.temporal;

// By temporal layer: what it needs together with those below, in percent of the whole layer's rate.
using TemporalShares = std::array<uint8_t, kTemporalLayersMax>;
// Where it has not been measured, for so many temporal layers: what browsers' encoders aim at.
TemporalShares TypicalShares(uint8_t temporal_layers);

// Simulcast encodings of one track. Browsers send at most three.
inline constexpr size_t kLayersMax = 4;

// One layer as it is now; a list of them has the lowest first.
struct LayerState {
  // It has sent recently (LayerActivity).
  bool available = false;
  uint16_t height_px = 0;
  // As measured; zero until then.
  DataRate rate;
  // It sent nothing for so long that its rate is zero and not unknown: a picture that stands still.
  bool idle = false;
  // Frames in a second, as measured; the full rate until then.
  uint8_t fps = 30;
  // Its frames are in so many temporal layers: each doubles how many there are in a second.
  uint8_t temporal_layers = 1;
  TemporalShares shares = {100, 100, 100, 100};
  // It is not being sent because nobody wanted it, and comes when somebody does. Then `rate` is
  // from when it came last.
  bool dormant = false;

  // Whether a receiver can have it, at once or in a moment.
  bool usable() const { return available || dormant; }
  // With temporal layers up to `temporal`.
  double FpsUpTo(uint8_t temporal) const;
};

// The height of layer `index` of `count` where nobody told: the payload is encrypted end to end, so
// that the pictures' sizes are not to be seen. Our SDK captures 720 lines and halves them per
// layer.
uint16_t AssumedHeight(size_t index, size_t count);

}  // namespace conclave::media
