// Which layer of each wished track a receiver gets, within what it can take. The place of the next
// version's allocator: it may decide better, from the same facts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/data_rate.h"
#include "media/layer_choice.h"

namespace conclave::router {

struct Demand {
  // Lowest layer first.
  std::span<const media::LayerState> layers;
  // Device pixels; 0 wants nothing.
  uint16_t height_px = 0;
  bool pinned = false;
  bool on_stage = false;
  // What is being sent now.
  std::optional<uint8_t> current;
};

// Writes a layer for each demand, or nullopt where nothing is to be sent. Demands are in the order
// in which the client wants them; those on stage go before pinned ones, and those before the rest.
// First everybody gets the lowest layer, as far as `budget` reaches (zero: no limit), then they are
// raised in order. A demand without any available layer gets its lowest one: it costs nothing yet.
// Requires layers.size() == demands.size().
void Allocate(std::span<const Demand> demands, DataRate budget,
              std::span<std::optional<uint8_t>> layers);

}  // namespace conclave::router
