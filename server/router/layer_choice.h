// What a receiver is sent of a track, or could be.
#pragma once

#include <compare>
#include <cstdint>

#include "media/layer_state.h"

namespace conclave::router {

// A layer of a track with its temporal layers up to one. The lesser one is lower, or has fewer
// frames.
struct LayerChoice {
  constexpr LayerChoice() = default;
  // Implicit: a layer alone has all its frames.
  constexpr LayerChoice(uint8_t of, uint8_t up_to = media::kAllFrames)
      : layer(of), temporal(up_to) {}
  auto operator<=>(const LayerChoice&) const = default;

  uint8_t layer = 0;
  // media::kAllFrames, or below the track's highest temporal layer.
  uint8_t temporal = media::kAllFrames;
};

}  // namespace conclave::router
