// What gets through: libwebrtc's robust throughput estimator, which a single late burst does not
// mislead.
#pragma once

#include <optional>
#include <span>

#include "base/ring_queue.h"
#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class Throughput {
 public:
  void OnFeedback(std::span<const PacketResult> results);
  // Bits per second; nullopt before enough packets arrived.
  std::optional<double> bps() const { return bps_; }

 private:
  void Insert(const PacketResult& result);
  void Trim();
  std::optional<double> Compute() const;

  // Sorted by arrival; trimmed after each packet's feedback to some hundred packets.
  static constexpr size_t kRoom = 65536;
  RingQueue<PacketResult> window_{kRoom};
  std::optional<double> bps_;
};

}  // namespace conclave::media
