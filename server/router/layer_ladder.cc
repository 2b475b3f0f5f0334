#include "router/layer_ladder.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace conclave::router {
namespace {

// The height of 160x90 pixels, at which a picture is worth one unit.
constexpr double kUnitHeightPx = 90;

// What half the frames leave of a picture: of a face 71 %, of a text 87 %. So a shared screen gets
// its lines before its frames.
constexpr double kCameraFrameRateExponent = 0.5;
constexpr double kScreenFrameRateExponent = 0.2;
// More frames in a second are hardly seen.
constexpr double kFullFrameRate = 30;
// With fewer a face stutters and its lips are not read: each frame counts in full, so that of ten
// frames half go only after half of the lines.
constexpr double kSmoothFrameRate = 15;

// To take a layer away must pay: a switch costs a key frame, and is seen.
constexpr double kStayBonus = 0.15;

// What browsers' encoders need for moving cameras: 150 kbps at 180 lines, about 3.4 times as much
// per doubling.
constexpr double kTypicalBps = 150'000;
constexpr double kTypicalHeightPx = 180;
constexpr double kTypicalExponent = 1.75;

// Enlarging a picture by a quarter is not seen, while the next layer costs three times the rate. A
// text is to be read, so it is not enlarged.
bool HighEnough(const Demand& demand, uint16_t height_px) {
  return demand.is_screen ? height_px >= demand.height_px : height_px * 5 >= demand.height_px * 4;
}

std::span<const media::LayerState> Counted(const Demand& demand) {
  return demand.layers.first(std::min(demand.layers.size(), kRungsMax));
}

// What all that can be had looks like, which the rest is compared with.
struct Best {
  double height_px = 0;
  double fps = 0;
};

Best BestOf(std::span<const media::LayerState> layers, uint8_t top) {
  Best best = {.height_px = static_cast<double>(layers[top].height_px)};
  for (const media::LayerState& layer : layers) {
    if (layer.usable()) best.fps = std::max(best.fps, static_cast<double>(layer.fps));
  }
  return best;
}

// What so many frames a second leave of a picture that has all of them. A source with few is not
// worth less than others: that is how it is.
double FrameFactor(bool is_screen, double fps, double all_fps) {
  const auto seen = [](double rate) { return std::min(rate, kFullFrameRate); };
  const double part = all_fps > 0 ? seen(fps) / seen(all_fps) : 1;
  if (is_screen) return std::pow(part, kScreenFrameRateExponent);
  const double stutter = std::min(fps, kSmoothFrameRate) / std::min(all_fps, kSmoothFrameRate);
  return std::pow(part, kCameraFrameRateExponent) * (all_fps > 0 ? std::sqrt(stutter) : 1);
}

double Utility(const Demand& demand, const LayerChoice& choice, const Best& best) {
  const media::LayerState& layer = demand.layers[choice.layer];
  const double lines =
      std::min(static_cast<double>(layer.height_px), best.height_px) / kUnitHeightPx;
  return WeightOf(demand) * std::log2(1 + lines * lines) *
         FrameFactor(demand.is_screen, layer.FpsUpTo(choice.temporal), best.fps);
}

int64_t RateOf(const Demand& demand, const LayerChoice& choice) {
  return CountedRateBps(demand.layers[choice.layer], choice.temporal);
}

std::optional<LayerChoice> FloorOf(const Demand& demand) {
  if (!demand.floor) return std::nullopt;
  Demand kept = demand;
  kept.current = demand.floor;
  return KeptLayer(kept);
}

}  // namespace

int64_t CountedRateBps(const media::LayerState& layer) {
  if (layer.rate != DataRate() || layer.idle) return layer.rate.bps();
  return static_cast<int64_t>(kTypicalBps *
                              std::pow(layer.height_px / kTypicalHeightPx, kTypicalExponent));
}

int64_t CountedRateBps(const media::LayerState& layer, uint8_t temporal) {
  const int64_t all = CountedRateBps(layer);
  if (temporal + 1 >= layer.temporal_layers) return all;
  return all * layer.shares[temporal] / 100;
}

std::optional<uint8_t> TopUsefulLayer(const Demand& demand) {
  std::optional<uint8_t> top;
  const auto layers = Counted(demand);
  for (size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i].usable()) continue;
    top = static_cast<uint8_t>(i);
    if (HighEnough(demand, layers[i].height_px)) break;
  }
  return top;
}

std::optional<uint8_t> IdealLayer(const Demand& demand) {
  const auto layers = Counted(demand);
  if (demand.height_px == 0 || layers.empty()) return std::nullopt;
  const auto enough = std::ranges::find_if(
      layers, [&](const media::LayerState& layer) { return HighEnough(demand, layer.height_px); });
  const ptrdiff_t last = std::ssize(layers) - 1;
  return static_cast<uint8_t>(std::min(enough - layers.begin(), last));
}

uint8_t BridgeTo(uint8_t granted, std::optional<uint8_t> forwarded,
                 std::span<const media::LayerState> layers) {
  if (granted >= layers.size() || !layers[granted].dormant) return granted;
  const int64_t most_bps = CountedRateBps(layers[granted]);
  const auto serves = [&](size_t i) {
    return layers[i].available && CountedRateBps(layers[i]) <= most_bps;
  };
  // A slot goes on with what it has until its new layer begins.
  if (forwarded && *forwarded < layers.size() && serves(*forwarded)) return granted;
  for (size_t i = layers.size(); i-- > 0;) {
    if (serves(i)) return static_cast<uint8_t>(i);
  }
  return granted;
}

std::optional<LayerChoice> KeptLayer(const Demand& demand) {
  if (demand.height_px == 0 || !demand.current) return std::nullopt;
  const auto layers = Counted(demand);
  LayerChoice current = *demand.current;
  if (current.layer >= layers.size() || !layers[current.layer].usable()) return std::nullopt;
  const uint8_t top = *TopUsefulLayer(demand);
  const bool wasteful = CountedRateBps(layers[current.layer]) > CountedRateBps(layers[top]);
  if (current.layer > top && wasteful) current.layer = top;
  if (current.temporal + 1 >= layers[current.layer].temporal_layers) {
    current.temporal = media::kAllFrames;
  }
  return current;
}

void Ladder::Build(const Demand& demand) {
  count_ = 0;
  const auto layers = Counted(demand);
  const std::optional<uint8_t> top = TopUsefulLayer(demand);
  if (!top) {
    Add({.on_hull = true});
    return;
  }
  const Best best = BestOf(layers, *top);
  const auto utility = [&](const LayerChoice& choice) { return Utility(demand, choice, best); };
  const std::optional<LayerChoice> current = KeptLayer(demand);
  const std::optional<LayerChoice> floor = FloorOf(demand);
  const double kept = current ? utility(*current) : 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i].usable()) continue;
    const uint8_t temporal_layers = std::max<uint8_t>(layers[i].temporal_layers, 1);
    for (uint8_t t = 0; t < temporal_layers && count_ < kRungsMax; ++t) {
      const bool all = t + 1 == temporal_layers;
      const LayerChoice choice(static_cast<uint8_t>(i), all ? media::kAllFrames : t);
      if (demand.ceiling && choice > *demand.ceiling && count_ > 0) break;
      const int64_t rate_bps = RateOf(demand, choice);
      if (floor && choice != *floor && rate_bps <= RateOf(demand, *floor)) continue;
      const double worth = utility(choice) + kStayBonus * std::min(utility(choice), kept);
      Add({choice, rate_bps, worth, false});
    }
  }
  KeepBetterOnly();
  MarkHull();
}

void Ladder::KeepBetterOnly() {
  const auto begin = rungs_.begin();
  std::sort(begin, begin + static_cast<ptrdiff_t>(count_), [](const Rung& a, const Rung& b) {
    return std::tuple(a.rate_bps, -a.utility, a.choice) <
           std::tuple(b.rate_bps, -b.utility, b.choice);
  });
  size_t kept = 1;
  for (size_t i = 1; i < count_; ++i) {
    if (rungs_[i].utility > rungs_[kept - 1].utility) rungs_[kept++] = rungs_[i];
  }
  count_ = kept;
}

void Ladder::MarkHull() {
  std::array<size_t, kRungsMax> hull{};
  size_t size = 0;
  const auto bends_up = [&](size_t middle, size_t from, size_t to) {
    const Rung &a = rungs_[from], &b = rungs_[middle], &c = rungs_[to];
    return (b.utility - a.utility) * static_cast<double>(c.rate_bps - b.rate_bps) <=
           (c.utility - b.utility) * static_cast<double>(b.rate_bps - a.rate_bps);
  };
  for (size_t i = 0; i < count_; ++i) {
    while (size >= 2 && bends_up(hull[size - 1], hull[size - 2], i)) --size;
    hull[size++] = i;
  }
  for (size_t i = 0; i < size; ++i) rungs_[hull[i]].on_hull = true;
}

}  // namespace conclave::router
