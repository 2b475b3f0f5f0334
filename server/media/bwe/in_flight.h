// How much is on the way: sent after the newest packet that feedback reported received.
#pragma once

#include <algorithm>
#include <deque>
#include <span>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class InFlight {
 public:
  void OnSent(const SentPacket& packet) {
    waiting_.push_back({packet.sequence, packet.size_bytes});
    bytes_ += packet.size_bytes;
    sent_ += static_cast<uint64_t>(packet.size_bytes);
    if (waiting_.size() > kPacketsMax) Pop();
    this_round_ = std::max(this_round_, bytes_);
  }
  void OnFeedback(std::span<const PacketResult> results) {
    int64_t newest = -1;
    for (const PacketResult& result : results) {
      if (result.received) newest = std::max(newest, result.packet.sequence);
    }
    while (!waiting_.empty() && waiting_.front().sequence <= newest) Pop();
  }
  // A round trip is over.
  void NextRound() {
    last_round_ = this_round_;
    this_round_ = bytes_;
  }
  // All that was ever sent.
  uint64_t sent() const { return sent_; }
  int64_t bytes() const { return bytes_; }
  // The most of this round trip and the one before.
  int64_t most() const { return std::max(this_round_, last_round_); }

 private:
  // More than any path holds.
  static constexpr size_t kPacketsMax = 16384;
  struct Waiting {
    int64_t sequence;
    int size_bytes;
  };
  void Pop() {
    bytes_ -= waiting_.front().size_bytes;
    waiting_.pop_front();
  }

  std::deque<Waiting> waiting_;
  int64_t bytes_ = 0;
  uint64_t sent_ = 0;
  int64_t this_round_ = 0;
  int64_t last_round_ = 0;
};

}  // namespace conclave::media
