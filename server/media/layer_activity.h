// Which layers of a track are being sent, and at what rate.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

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

  // What counts of a packet.
  struct Arrival {
    size_t size_bytes = 0;
    uint8_t temporal_layer = 0;
    // It begins a key frame of video.
    bool key_frame = false;
    // Of its frame, unwrapped; in units of video's 90 kHz.
    int64_t timestamp = 0;
  };
  // Packets of layers >= kLayersMax are ignored.
  void OnPacket(Instant now, uint8_t layer, const Arrival& packet);

  bool Available(uint8_t layer) const;
  // Smoothed over some windows; zero until the first window is over, or after silence. Key frames
  // are left out, with the time that they stand for: they come when somebody asks for them, and
  // would make the layer look dearer than it is just while receivers change over to it.
  DataRate Rate(Instant now, uint8_t layer) const;
  // As measured when it came last, however long ago that is; zero where it never was.
  DataRate LastRate(uint8_t layer) const {
    return layer < kLayersMax ? layers_[layer].last_rate : DataRate();
  }
  // Frames in a second, smoothed over some frames; nullopt until two have come. A picture that
  // stands still has few.
  std::optional<uint8_t> FrameRate(uint8_t layer) const;
  // What its temporal layers need of the rate, where it has so many.
  TemporalShares Shares(uint8_t layer, uint8_t temporal_layers) const;
  // It has sent, but nothing during the last kSilence: its rate is known to be zero.
  bool Idle(Instant now, uint8_t layer) const;

 private:
  struct Layer {
    bool seen = false;
    Instant last;
    Instant window_start;
    std::array<int64_t, kTemporalLayersMax> window_bytes{};
    DataRate rate;
    DataRate last_rate;
    // By temporal layer, those of past windows counting less and less.
    std::array<int64_t, kTemporalLayersMax> bytes{};
    // The key frame that is arriving, and since when.
    std::optional<int64_t> key_frame;
    Instant key_frame_since;
    // The newest frame, and what lies between frames, in ticks of the video clock.
    std::optional<int64_t> newest_frame;
    int64_t frame_ticks = 0;
  };
  static void CountFrame(int64_t timestamp, Layer& layer);
  static bool Counts(Instant now, const Arrival& packet, Layer& layer);
  static void CloseWindow(Instant now, Layer& layer);

  std::array<Layer, kLayersMax> layers_;
  Instant newest_;
};

}  // namespace conclave::media
