#include "router/curtail.h"

#include <algorithm>

namespace conclave::router {
namespace {

bool Staged(const TrackWish& wish) { return wish.on_stage || wish.pinned; }

}  // namespace

void Curtail(Shedding shedding, bool asked, std::vector<TrackWish>& wishes) {
  if (shedding >= Shedding::kVideo || (shedding >= Shedding::kUnasked && !asked)) wishes.clear();
  if (shedding >= Shedding::kLastFew && wishes.size() > kFewPictures) wishes.resize(kFewPictures);
  if (shedding < Shedding::kSmallTiles) return;
  for (TrackWish& wish : wishes) {
    if (!Staged(wish)) {
      wish.height_px = std::min(wish.height_px, kSmallTilePx);
    } else if (shedding >= Shedding::kSmallAll) {
      wish.height_px = std::min(wish.height_px, kSmallStagePx);
    }
  }
}

uint8_t TemporalMax(Shedding shedding, const TrackWish& wish) {
  const Shedding from = Staged(wish) ? Shedding::kLastFew : Shedding::kSmallTiles;
  return shedding >= from ? uint8_t{0} : media::kAllFrames;
}

}  // namespace conclave::router
