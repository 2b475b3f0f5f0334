// What the receiving side of a media flow tells the sending one: transport-wide feedback, RFC 8888
// feedback, or no more than an estimate of its own (REMB).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/time.h"

namespace conclave::sim {

enum class Feedback : uint8_t { kTwcc, kCcfb, kRemb };

// The SSRC of all media of a flow: RFC 8888 names packets by it.
inline constexpr uint32_t kMediaSsrc = 2;

// A packet as the receiver sees it.
struct Received {
  // By the receiver's clock.
  Instant arrival;
  // By the sender's clock: the absolute send time.
  Instant sent;
  uint16_t sequence = 0;
  int size_bytes = 0;
};

class FarEnd {
 public:
  virtual ~FarEnd() = default;
  virtual void OnPacket(const Received& packet) = 0;
  // When `Write` is to be called next, by the receiver's clock; Instant::Never() without need.
  virtual Instant NextDeadline() const = 0;
  // The next RTCP packet, empty where nothing is left to tell.
  virtual std::vector<uint8_t> Write(Instant now) = 0;
};

std::unique_ptr<FarEnd> MakeFarEnd(Feedback kind);

}  // namespace conclave::sim
