// What the allocation is asked: one video track that a receiver would like to see.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "media/layer_state.h"
#include "router/layer_choice.h"

namespace conclave::router {

struct Demand {
  // Lowest layer first; those beyond kRungsMax do not count.
  std::span<const media::LayerState> layers;
  // Device pixels of the tile's height; 0 wants nothing.
  uint16_t height_px = 0;
  bool pinned = false;
  bool on_stage = false;
  bool is_screen = false;
  // What is being sent now. A layer that is being sent is worth more than the same one anew, so
  // that nothing is exchanged for nearly the same.
  std::optional<LayerChoice> current;
  // It was paused for lack of rate.
  bool starved = false;
  // A layer was taken from it a moment ago (SteadyAllocator::kSettle).
  bool fell = false;

  // ---- Limits that an allocation over time sets (SteadyAllocator).
  // At least this one, if anything; does not count where its layer is not available.
  std::optional<LayerChoice> floor;
  // At most this one, if anything lower is available.
  std::optional<LayerChoice> ceiling;
  // Nothing, for now.
  bool held = false;
};

// Whose base layer goes first where not all of them fit: the higher the earlier.
enum class DemandRank : uint8_t { kVisible, kPinned, kStage, kScreen };
inline constexpr size_t kDemandRanks = 4;

DemandRank RankOf(const Demand& demand);
// How much a picture of the demand counts beside others: greater for a higher rank.
double WeightOf(const Demand& demand);

}  // namespace conclave::router
