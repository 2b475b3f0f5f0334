// What each layer of a track costs a receiver and is worth to it, without the layers that are worth
// no more than a cheaper one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "router/demand.h"

namespace conclave::router {

// Operating points of one track: four simulcast encodings, or three by three of a scalable one.
inline constexpr size_t kRungsMax = 16;

struct Rung {
  LayerChoice choice;
  int64_t rate_bps = 0;
  double utility = 0;
  // On the upper concave hull of (rate, utility), so that from rung to rung of the hull a bit buys
  // less and less.
  bool on_hull = false;
};

// Rate and utility grow from each rung to the next. The first is the base (the floor, where the
// demand has one), which is the cheapest way to show anything.
class Ladder {
 public:
  // Without an available layer: layer 0, which costs nothing yet. Requires demand.layers and a
  // height.
  void Build(const Demand& demand);
  std::span<const Rung> rungs() const { return std::span(rungs_).first(count_); }
  const Rung& base() const { return rungs_[0]; }
  const Rung& top() const { return rungs_[count_ - 1]; }

 private:
  void Add(const Rung& rung) { rungs_[count_++] = rung; }
  void KeepBetterOnly();
  void MarkHull();

  std::array<Rung, kRungsMax> rungs_;
  size_t count_ = 0;
};

// The rate at which a layer counts: as measured; where a layer has only just begun, what cameras
// of that height usually need, because a layer that seems free would be taken by everybody.
int64_t CountedRateBps(const media::LayerState& layer);
// The same with only the frames of temporal layers up to one.
int64_t CountedRateBps(const media::LayerState& layer, uint8_t temporal);

// The highest layer that the tile has a use for: the lowest that is high enough, else the highest
// available. nullopt: none is available.
std::optional<uint8_t> TopUsefulLayer(const Demand& demand);

// The lowest layer that is high enough for the tile, whether it comes or not; else the highest.
// nullopt: nothing is wanted.
std::optional<uint8_t> IdealLayer(const Demand& demand);

// What to send of a track until `granted` comes, where that is dormant: what is `forwarded` now if
// that costs no more, else the best that is there and costs no more; `granted` itself where there
// is nothing to bridge with.
uint8_t BridgeTo(uint8_t granted, std::optional<uint8_t> forwarded,
                 std::span<const media::LayerState> layers);

// demand.current, or a lower and cheaper one where the tile has become smaller. nullopt: it is not
// being sent, or not available any more, or not wanted.
std::optional<LayerChoice> KeptLayer(const Demand& demand);

}  // namespace conclave::router
