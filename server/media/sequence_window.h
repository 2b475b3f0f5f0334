// Remembers which numbers were taken, so that none is taken twice: on the way in a packet and its
// retransmission are one, on the way out one SRTP index is encrypted once (decisions 25).
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>

namespace conclave::media {

class SequenceWindow {
 public:
  // As far back as browsers accept: libwebrtc's SRTP replay window has 1024 packets.
  static constexpr int64_t kSize = 1024;

  // Takes `index`; false: it was taken before, or it is too old to tell.
  bool Take(int64_t index) {
    if (index <= newest_ - kSize) return false;
    if (index - newest_ >= kSize) used_.reset();
    for (; newest_ < index && index - newest_ < kSize; ++newest_) used_.reset(Bit(newest_ + 1));
    newest_ = index > newest_ ? index : newest_;
    if (used_.test(Bit(index))) return false;
    used_.set(Bit(index));
    return true;
  }

 private:
  static size_t Bit(int64_t index) { return static_cast<size_t>(index) % kSize; }
  std::bitset<static_cast<size_t>(kSize)> used_;
  int64_t newest_ = -1;
};

}  // namespace conclave::media
