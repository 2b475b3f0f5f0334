// How much is on the way: sent after the newest packet that feedback reported received.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class InFlight {
 public:
  void OnSent(const SentPacket& packet) {
    sent_ += packet.size_bytes;
    this_round_ = std::max(this_round_, bytes());
  }
  void OnFeedback(std::span<const PacketResult> results) {
    for (const PacketResult& result : results) {
      if (result.received) settled_ = std::max(settled_, result.sent_bytes);
    }
  }
  // A round trip is over.
  void NextRound() {
    last_round_ = this_round_;
    this_round_ = bytes();
  }
  // All that was ever sent.
  uint64_t sent() const { return static_cast<uint64_t>(sent_); }
  int64_t bytes() const { return sent_ - settled_; }
  // The most of this round trip and the one before.
  int64_t most() const { return std::max(this_round_, last_round_); }

 private:
  int64_t sent_ = 0;
  int64_t settled_ = 0;
  int64_t this_round_ = 0;
  int64_t last_round_ = 0;
};

}  // namespace conclave::media
