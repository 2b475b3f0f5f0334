// A rate of data in bits per second.
#pragma once

#include <compare>
#include <cstdint>

#include "base/time.h"

namespace conclave {

class DataRate {
 public:
  constexpr DataRate() = default;
  static constexpr DataRate Bps(int64_t bps) { return DataRate(bps); }
  static constexpr DataRate Kbps(int64_t kbps) { return DataRate(kbps * 1000); }
  // The rate that moves `bytes` in `time`; zero where no time passed.
  static constexpr DataRate Of(int64_t bytes, Duration time) {
    return DataRate(time.us() > 0 ? bytes * 8 * 1'000'000 / time.us() : 0);
  }

  constexpr int64_t bps() const { return bps_; }
  constexpr int64_t kbps() const { return bps_ / 1000; }
  constexpr auto operator<=>(const DataRate&) const = default;
  friend constexpr DataRate operator+(DataRate a, DataRate b) { return DataRate(a.bps_ + b.bps_); }
  friend constexpr DataRate operator-(DataRate a, DataRate b) { return DataRate(a.bps_ - b.bps_); }

 private:
  constexpr explicit DataRate(int64_t bps) : bps_(bps) {}
  int64_t bps_ = 0;
};

}  // namespace conclave
