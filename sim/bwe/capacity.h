// What a link can carry over time: piecewise constant, integrated exactly in whole numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/bwe/event_queue.h"

namespace conclave::sim {

struct CapacityStep {
  Micros at = 0;
  int64_t bps = 0;
};

class Capacity {
 public:
  // Steps in order, the first at 0; the last one lasts for ever.
  explicit Capacity(std::vector<CapacityStep> steps) : steps_(std::move(steps)) {}
  explicit Capacity(int64_t bps) : Capacity(std::vector<CapacityStep>{{0, bps}}) {}

  // When `bits` that start at `start` are through; kNever where the capacity stays zero.
  Micros FinishTime(Micros start, int64_t bits) const;
  // What goes through in [from, to), at most `limit_bps` at any time.
  double Bits(Micros from, Micros to, int64_t limit_bps = INT64_MAX) const;
  int64_t At(Micros time) const { return steps_[Index(time)].bps; }
  int64_t Peak() const;
  const std::vector<CapacityStep>& steps() const { return steps_; }

  static constexpr Micros kNever = INT64_MAX / 4;

 private:
  size_t Index(Micros time) const;

  std::vector<CapacityStep> steps_;
  // Time mostly goes forward: where the last question was answered.
  mutable size_t cursor_ = 0;
};

}  // namespace conclave::sim
