#include "sim/bwe/capacity.h"

#include <algorithm>

namespace conclave::sim {

size_t Capacity::Index(Micros time) const {
  if (steps_[cursor_].at > time) cursor_ = 0;
  while (cursor_ + 1 < steps_.size() && steps_[cursor_ + 1].at <= time) ++cursor_;
  return cursor_;
}

Micros Capacity::FinishTime(Micros start, int64_t bits) const {
  // In millionths of a bit, so that rate times microseconds is exact.
  int64_t left = bits * 1'000'000;
  Micros time = start;
  for (size_t i = Index(start); i < steps_.size(); ++i) {
    const int64_t bps = steps_[i].bps;
    const Micros end = i + 1 < steps_.size() ? steps_[i + 1].at : kNever;
    if (bps > 0) {
      const Micros needed = (left + bps - 1) / bps;
      if (end == kNever || time + needed <= end) return time + needed;
      left -= bps * (end - time);
    }
    time = end;
  }
  return kNever;
}

double Capacity::Bits(Micros from, Micros to, int64_t limit_bps) const {
  double bits = 0;
  for (size_t i = Index(from); i < steps_.size() && from < to; ++i) {
    const Micros end = i + 1 < steps_.size() ? std::min(to, steps_[i + 1].at) : to;
    const double seconds = static_cast<double>(end - from) / kSecond;
    bits += static_cast<double>(std::min(steps_[i].bps, limit_bps)) * seconds;
    from = end;
  }
  return bits;
}

int64_t Capacity::Peak() const {
  int64_t peak = 0;
  for (const CapacityStep& step : steps_) peak = std::max(peak, step.bps);
  return peak;
}

}  // namespace conclave::sim
