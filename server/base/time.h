// Virtual-clock-friendly time. Nobody but io/ reads a clock: an Instant is always an argument.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace conclave {

// A signed span of time in microseconds.
class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration Micros(int64_t us) { return Duration(us); }
  static constexpr Duration Millis(int64_t ms) { return Duration(ms * 1000); }
  static constexpr Duration Seconds(int64_t s) { return Duration(s * 1'000'000); }
  static constexpr Duration Infinite() { return Duration(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t us() const { return us_; }
  constexpr int64_t ms() const { return us_ / 1000; }
  constexpr double seconds() const { return static_cast<double>(us_) / 1e6; }

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator-() const { return Duration(-us_); }
  constexpr Duration& operator+=(Duration other) {
    us_ += other.us_;
    return *this;
  }
  friend constexpr Duration operator+(Duration a, Duration b) { return Duration(a.us_ + b.us_); }
  friend constexpr Duration operator-(Duration a, Duration b) { return Duration(a.us_ - b.us_); }
  friend constexpr Duration operator*(Duration a, int64_t k) { return Duration(a.us_ * k); }
  friend constexpr Duration operator/(Duration a, int64_t k) { return Duration(a.us_ / k); }

 private:
  constexpr explicit Duration(int64_t us) : us_(us) {}
  int64_t us_ = 0;
};

// A point in time: microseconds since an epoch that the owner of the clock chose (monotonic).
class Instant {
 public:
  constexpr Instant() = default;
  static constexpr Instant FromMicros(int64_t us) { return Instant(us); }
  // Later than every other instant: the deadline of a machine that waits for nothing.
  static constexpr Instant Never() { return Instant(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t us() const { return us_; }
  constexpr auto operator<=>(const Instant&) const = default;
  friend constexpr Instant operator+(Instant t, Duration d) { return Instant(t.us_ + d.us()); }
  friend constexpr Instant operator-(Instant t, Duration d) { return Instant(t.us_ - d.us()); }
  friend constexpr Duration operator-(Instant a, Instant b) {
    return Duration::Micros(a.us_ - b.us_);
  }

 private:
  constexpr explicit Instant(int64_t us) : us_(us) {}
  int64_t us_ = 0;
};

}  // namespace conclave
