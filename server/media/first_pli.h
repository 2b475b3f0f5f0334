// How a receiver's PLI is answered (decisions 23).
#pragma once

#include <utility>

namespace conclave::media {

enum class PliAnswer {
  // Send the history from the newest key frame on again. Costs the publisher nothing, so no rate
  // limit applies.
  kResendFromKeyFrame,
  // Ask the source, through KeyframeRequester.
  kAskSource,
};

// One per slot. Firefox usually loses the video of the first 0.3-0.6 s after DTLS: its first PLI is
// answered with what it lost. Only the first: a later one may mean that the key frame itself cannot
// be decoded.
class FirstPli {
 public:
  // `has_key_frame`: SendHistory::HasKeyFrame of the slot. The exemption waits until it has one.
  [[nodiscard]] PliAnswer OnPli(bool has_key_frame) {
    if (!has_key_frame || std::exchange(used_, true)) return PliAnswer::kAskSource;
    return PliAnswer::kResendFromKeyFrame;
  }

 private:
  bool used_ = false;
};

}  // namespace conclave::media
