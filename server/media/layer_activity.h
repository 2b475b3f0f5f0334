// Which layers of a track are being sent, and at what rate.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/data_rate.h"
#include "base/time.h"
#include "media/layer_state.h"

namespace conclave::media {

// One per track. Allocates nothing.
class LayerActivity {
 public:
  // A browser that lacks rate or CPU stops its upper layers without a word. Judged against the
  // other layers of the track, which show the same frames, so that a picture that stands still or a
  // muted camera does not look like lost layers.
  static constexpr Duration kSilence = Duration::Seconds(1);
  // Half a second covers several frames at any frame rate worth measuring.
  static constexpr Duration kRateWindow = Duration::Millis(500);

  // Packets of layers >= kLayersMax are ignored.
  void OnPacket(Instant now, uint8_t layer, size_t size_bytes);

  bool Available(uint8_t layer) const;
  // Smoothed over some windows; zero until the first window is over, or after silence.
  DataRate Rate(Instant now, uint8_t layer) const;
  // As measured when it came last, however long ago that is; zero where it never was.
  DataRate LastRate(uint8_t layer) const {
    return layer < kLayersMax ? layers_[layer].last_rate : DataRate();
  }
  // It has sent, but nothing during the last kSilence: its rate is known to be zero.
  bool Idle(Instant now, uint8_t layer) const;

 private:
  struct Layer {
    bool seen = false;
    Instant last;
    Instant window_start;
    int64_t window_bytes = 0;
    DataRate rate;
    DataRate last_rate;
  };
  std::array<Layer, kLayersMax> layers_;
  Instant newest_;
};

}  // namespace conclave::media
