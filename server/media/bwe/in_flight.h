// How much is on the way: sent after the newest packet that feedback reported received.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class InFlight {
 public:
  void OnSent(const SentPacket& packet) {
    if (count_ == kPacketsMax) Pop();
    if (count_ == ring_.size()) Grow();
    ring_[(head_ + count_++) & (ring_.size() - 1)] = {packet.sequence, packet.size_bytes};
    bytes_ += packet.size_bytes;
    sent_ += static_cast<uint64_t>(packet.size_bytes);
    this_round_ = std::max(this_round_, bytes_);
  }
  void OnFeedback(std::span<const PacketResult> results) {
    int64_t newest = -1;
    for (const PacketResult& result : results) {
      if (result.received) newest = std::max(newest, result.packet.sequence);
    }
    while (count_ > 0 && ring_[head_].sequence <= newest) Pop();
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
  // A round trip of a few streams.
  static constexpr size_t kFirstRing = 64;
  struct Waiting {
    int64_t sequence = 0;
    int size_bytes = 0;
  };
  void Pop() {
    bytes_ -= ring_[head_].size_bytes;
    head_ = (head_ + 1) & (ring_.size() - 1);
    --count_;
  }
  void Grow() {
    std::rotate(ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(head_), ring_.end());
    head_ = 0;
    ring_.resize(std::max(kFirstRing, ring_.size() * 2));
  }

  // Its size is a power of two (or none): what is sent allocates only at a new record.
  std::vector<Waiting> ring_;
  size_t head_ = 0;
  size_t count_ = 0;
  int64_t bytes_ = 0;
  uint64_t sent_ = 0;
  int64_t this_round_ = 0;
  int64_t last_round_ = 0;
};

}  // namespace conclave::media
