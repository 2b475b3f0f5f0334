// Where a receiver stands in a scalable stream: which spatial and temporal layers it gets.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace conclave::media {

// What is told apart; what a stream has above counts as these (browsers send three of each at
// most).
inline constexpr uint8_t kSpatialLayersMax = 4;
inline constexpr uint8_t kTemporalLayersMax = 4;

// The named layers and those below, as far as these are needed for them.
struct LayerPoint {
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  bool operator==(const LayerPoint&) const = default;
};

inline constexpr LayerPoint kTopPoint = {kSpatialLayersMax - 1, kTemporalLayersMax - 1};

// A set of points, a bit each.
using PointMask = uint16_t;
static_assert(kSpatialLayersMax == 4 && kTemporalLayersMax == 4);
inline constexpr PointMask kAllPoints = 0xffff;
inline constexpr PointMask kBasePoint = 1;

constexpr PointMask BitOf(LayerPoint point) {
  return static_cast<PointMask>(1U << (point.spatial * kTemporalLayersMax + point.temporal));
}
constexpr bool Has(PointMask mask, LayerPoint point) { return (mask & BitOf(point)) != 0; }

// The points of any spatial and of at least this temporal layer, and the reverse.
constexpr PointMask FromTemporal(uint8_t temporal) {
  // The same bits of each spatial layer's.
  return static_cast<PointMask>(0x1111U * (0x0fU << temporal & 0x0fU));
}
constexpr PointMask OfSpatial(uint8_t spatial) {
  return static_cast<PointMask>(0x0fU << (spatial * kTemporalLayersMax));
}
// Those that are no higher in either direction.
constexpr PointMask UpTo(LayerPoint point) {
  const unsigned spatial = (1U << (point.spatial + 1) * kTemporalLayersMax) - 1;
  return static_cast<PointMask>(spatial & ~FromTemporal(static_cast<uint8_t>(point.temporal + 1)));
}

// The highest spatial layer among `mask`, and of its points the one with the most temporal layers.
// Requires a mask that is not empty.
constexpr LayerPoint Highest(PointMask mask) {
  const auto index = static_cast<uint8_t>(std::bit_width(mask) - 1);
  return {static_cast<uint8_t>(index / kTemporalLayersMax),
          static_cast<uint8_t>(index % kTemporalLayersMax)};
}
constexpr LayerPoint Lowest(PointMask mask) {
  const auto index = static_cast<uint8_t>(std::countr_zero(mask));
  return {static_cast<uint8_t>(index / kTemporalLayersMax),
          static_cast<uint8_t>(index % kTemporalLayersMax)};
}

}  // namespace conclave::media
