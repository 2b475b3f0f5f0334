// Random numbers that are the same on every platform: one splitmix64 per component of a simulation,
// so that one component's draws never shift another's. The std distributions are not portable.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace conclave::sim {

constexpr uint64_t Mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

class Rng {
 public:
  explicit Rng(uint64_t seed) : state_(Mix(seed)) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    return Mix(state_);
  }
  // In [0, 1).
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  double Uniform(double low, double high) { return low + (high - low) * Uniform(); }
  // Evenly on a logarithmic scale.
  double LogUniform(double low, double high) {
    return low * std::exp(Uniform() * std::log(high / low));
  }
  bool Chance(double probability) { return probability > 0 && Uniform() < probability; }
  double Gaussian() {
    // Box-Muller; 1 - u keeps the logarithm finite.
    const double radius = std::sqrt(-2 * std::log(1 - Uniform()));
    return radius * std::cos(2 * std::numbers::pi * Uniform());
  }
  double Exponential(double mean) { return -mean * std::log(1 - Uniform()); }

 private:
  uint64_t state_;
};

}  // namespace conclave::sim
