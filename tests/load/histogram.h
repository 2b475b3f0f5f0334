// A histogram of durations with a fixed size and a relative error below 4 %.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "base/time.h"

namespace conclave::load {

class Histogram {
 public:
  void Add(Duration value) {
    ++counts_[Bucket(static_cast<uint64_t>(std::max<int64_t>(value.us(), 0)))];
    ++total_;
    max_ = std::max(max_, value);
  }
  void Merge(const Histogram& other) {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
    max_ = std::max(max_, other.max_);
  }
  uint64_t total() const { return total_; }
  Duration max() const { return max_; }
  // The least value that `share` (0..1) of all values do not exceed; zero where there are none.
  Duration Quantile(double share) const {
    const auto wanted = static_cast<uint64_t>(share * static_cast<double>(total_));
    uint64_t seen = 0;
    for (size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > wanted || (seen == total_ && total_ > 0)) {
        return std::min(max_, Duration::Micros(static_cast<int64_t>(UpperEnd(i))));
      }
    }
    return Duration();
  }

 private:
  // 32 steps for each power of two.
  static constexpr int kStepBits = 5;
  static constexpr size_t kSteps = 1 << kStepBits;
  // Up to 2^36 us, which is longer than any run.
  static constexpr size_t kBuckets = kSteps * 32;

  static size_t Bucket(uint64_t us) {
    if (us < 2 * kSteps) return static_cast<size_t>(us);
    const int shift = static_cast<int>(std::bit_width(us)) - 1 - kStepBits;
    const size_t bucket = static_cast<size_t>(shift) * kSteps + static_cast<size_t>(us >> shift);
    return std::min(bucket, kBuckets - 1);
  }
  static uint64_t UpperEnd(size_t bucket) {
    if (bucket < 2 * kSteps) return bucket;
    const size_t shift = bucket / kSteps - 1;
    return ((bucket - shift * kSteps + 1) << shift) - 1;
  }

  std::array<uint32_t, kBuckets> counts_{};
  uint64_t total_ = 0;
  Duration max_;
};

}  // namespace conclave::load
