#include "router/demand.h"

#include <array>

namespace conclave::router {
namespace {

// A shared screen in a smaller tile is there to be recognized, like any other picture.
constexpr uint16_t kLegibleFromPx = 360;

// By rank. What many look at is worth several of the small tiles beside it, but not all of them.
constexpr std::array<double, kDemandRanks> kWeights = {1, 4, 6, 8};

}  // namespace

DemandRank RankOf(const Demand& demand) {
  if (demand.is_screen && demand.height_px >= kLegibleFromPx) return DemandRank::kScreen;
  if (demand.on_stage) return DemandRank::kStage;
  return demand.pinned ? DemandRank::kPinned : DemandRank::kVisible;
}

double WeightOf(const Demand& demand) { return kWeights[static_cast<size_t>(RankOf(demand))]; }

}  // namespace conclave::router
