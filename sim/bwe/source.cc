#include "sim/bwe/source.h"

#include <algorithm>

namespace conclave::sim {
namespace {

constexpr Micros kFrame = kSecond / 30;
// The frame sizes of real encoders at a constant rate scatter about so much.
constexpr double kSizeSpread = 0.15;
constexpr double kKeyFrameFactor = 3;
// Smaller than any frame with its headers.
constexpr double kFrameBytesMin = 100;
// A burst of one second each ten.
constexpr Micros kBurstPeriod = 10 * kSecond;
constexpr Micros kBurstLength = kSecond;

int64_t FrameBytes(int64_t bps, Rng& rng) {
  const double mean = static_cast<double>(bps) / 8 / 30;
  return static_cast<int64_t>(std::max(kFrameBytesMin, mean * (1 + kSizeSpread * rng.Gaussian())));
}

}  // namespace

void Packetize(int64_t bytes, std::vector<int>& packets) {
  const int64_t count = (bytes + kMediaPacketMax - 1) / kMediaPacketMax;
  for (int64_t i = 0; i < count; ++i) {
    packets.push_back(static_cast<int>(bytes / count + (i < bytes % count ? 1 : 0)));
  }
}

void AdaptiveEncoder::Emit(Micros now, int64_t target_bps, std::vector<int>& packets) {
  int64_t bytes = FrameBytes(std::min(target_bps, max_bps_), rng_);
  if (key_frame_) bytes = static_cast<int64_t>(static_cast<double>(bytes) * kKeyFrameFactor);
  key_frame_ = false;
  Packetize(bytes, packets);
  next_ = now + kFrame;
}

void ScreenShare::Emit(Micros now, int64_t target_bps, std::vector<int>& packets) {
  const bool burst = now % kBurstPeriod >= kBurstPeriod - kBurstLength;
  const int64_t rate = std::min({target_bps, burst ? max_bps_ : idle_bps_});
  Packetize(FrameBytes(rate, rng_), packets);
  next_ = now + kFrame;
}

}  // namespace conclave::sim
