// What gets through: libwebrtc's robust throughput estimator, which a single late burst does not
// mislead.
#pragma once

#include <deque>
#include <optional>
#include <span>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class Throughput {
 public:
  void OnFeedback(std::span<const PacketResult> results);
  // Bits per second; nullopt before enough packets arrived.
  std::optional<double> bps() const { return bps_; }

 private:
  void Trim();
  std::optional<double> Compute() const;

  // Sorted by arrival.
  std::deque<PacketResult> window_;
  std::optional<double> bps_;
};

}  // namespace conclave::media
