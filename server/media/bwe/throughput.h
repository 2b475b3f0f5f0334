// What gets through: libwebrtc's robust throughput estimator, which a single late burst does not
// mislead.
#pragma once

#include <cstdint>
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
  // What counts of a result; all are walked over with each feedback. The low bits of times: those
  // in the window lie within seconds of each other.
  struct Arrived {
    uint32_t at_us = 0;
    uint32_t sent_us = 0;
    int size_bytes = 0;
  };

  void Insert(const Arrived& packet);
  void Trim();
  std::optional<double> Compute() const;

  // Sorted by arrival; trimmed after each packet's feedback to some hundred packets.
  static constexpr size_t kRoom = 65536;
  RingQueue<Arrived> window_{kRoom};
  // Of the last one inserted.
  Instant newest_;
  std::optional<double> bps_;
};

}  // namespace conclave::media
