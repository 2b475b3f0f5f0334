#include "sim/bwe/trace.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace conclave::sim {
namespace {

constexpr int64_t kBpsPerKbps = 1000;
// No link of ours is faster, and no trace longer than a day: keeps products in range.
constexpr int64_t kKbpsMax = 100'000'000;
constexpr int64_t kMillisMax = 86'400'000;
constexpr Micros kStep = 100 * kMilli;
constexpr double kCellSeconds = 30;
constexpr double kCellSpread = 0.5;

// Takes a whole number off the front of `text`.
std::optional<int64_t> TakeNumber(std::string_view& text, int64_t max) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < 0 || value > max) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

std::optional<CapacityStep> ParseStep(std::string_view line) {
  const auto millis = TakeNumber(line, kMillisMax);
  if (!millis || line.empty() || line.front() != ' ') return std::nullopt;
  line.remove_prefix(1);
  const auto kbps = TakeNumber(line, kKbpsMax);
  if (!kbps || !line.empty()) return std::nullopt;
  return CapacityStep{*millis * kMilli, *kbps * kBpsPerKbps};
}

}  // namespace

std::optional<Capacity> ParseTrace(std::string_view text) {
  std::vector<CapacityStep> steps;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const auto step = ParseStep(line);
    if (!step || steps.size() == kTraceStepsMax) return std::nullopt;
    if (steps.empty() ? step->at != 0 : step->at <= steps.back().at) return std::nullopt;
    steps.push_back(*step);
  }
  if (steps.empty()) return std::nullopt;
  return Capacity(std::move(steps));
}

std::string WriteTrace(const Capacity& capacity) {
  std::string text;
  for (const CapacityStep& step : capacity.steps()) {
    text += std::to_string(step.at / kMilli) + ' ' + std::to_string(step.bps / kBpsPerKbps) + '\n';
  }
  return text;
}

Capacity MakeTrace(const RadioModel& model, double seconds, Rng& rng) {
  std::vector<CapacityStep> steps;
  double cell = 0;
  double wander = 0;
  const double fresh = std::sqrt(1 - model.memory * model.memory);
  const auto end = static_cast<Micros>(seconds * kSecond);
  Micros without_until = -1;
  for (Micros at = 0; at < end; at += kStep) {
    if (rng.Chance(static_cast<double>(kStep) / kSecond / kCellSeconds)) {
      cell = kCellSpread * rng.Gaussian();
    }
    wander = model.memory * wander + fresh * model.spread * rng.Gaussian();
    if (rng.Chance(model.handovers * static_cast<double>(kStep) / kSecond)) {
      without_until = at + static_cast<Micros>(rng.Exponential(model.handover_s) * kSecond);
    }
    const bool without = at < without_until && at + kStep < end;
    const double bps = without ? 0 : model.mean_bps * std::exp(cell + wander);
    const auto kbps = static_cast<int64_t>(bps) / kBpsPerKbps;
    steps.push_back({at, kbps * kBpsPerKbps});
  }
  return Capacity(std::move(steps));
}

}  // namespace conclave::sim
