#include "router/allocate.h"

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace conclave::router {
namespace {

int Rank(const Demand& demand) { return demand.on_stage ? 0 : demand.pinned ? 1 : 2; }

std::vector<size_t> Order(std::span<const Demand> demands) {
  std::vector<size_t> order(demands.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](size_t i) { return Rank(demands[i]); });
  return order;
}

std::optional<uint8_t> LowestAvailable(const Demand& demand) {
  for (size_t i = 0; i < demand.layers.size(); ++i) {
    if (demand.layers[i].available) return static_cast<uint8_t>(i);
  }
  return std::nullopt;
}

}  // namespace

void Allocate(std::span<const Demand> demands, DataRate budget,
              std::span<std::optional<uint8_t>> layers) {
  CHECK(layers.size() == demands.size());
  const bool limited = budget != DataRate();
  DataRate left = budget;
  const std::vector<size_t> order = Order(demands);
  for (const size_t i : order) {
    const Demand& demand = demands[i];
    layers[i].reset();
    if (demand.height_px == 0 || demand.layers.empty()) continue;
    const std::optional<uint8_t> lowest = LowestAvailable(demand);
    const DataRate rate = lowest ? demand.layers[*lowest].rate : DataRate();
    if (limited && rate > left) continue;
    layers[i] = lowest.value_or(0);
    left = left - rate;
  }
  for (const size_t i : order) {
    const Demand& demand = demands[i];
    if (!layers[i] || !demand.layers[*layers[i]].available) continue;
    const DataRate own = demand.layers[*layers[i]].rate;
    // A limit of exactly zero would mean no limit.
    const DataRate most = limited ? std::max(left + own, DataRate::Bps(1)) : DataRate();
    const auto chosen = media::ChooseLayer(demand.height_px, demand.layers, most, demand.current);
    if (!chosen) continue;
    layers[i] = chosen;
    left = left + own - demand.layers[*chosen].rate;
  }
}

}  // namespace conclave::router
