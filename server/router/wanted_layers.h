// Which layers of one track its publisher is asked to send: those that somebody wants, and for a
// while those that somebody wanted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace conclave::router {

// Bit i: layer i.
using LayerMask = uint16_t;

// One per track. In the beginning every layer is asked for, so that whoever comes first sees it at
// once. Whose wishes they are does not matter: those of receivers on other shards count as well
// (SourceTrack::in_use).
class WantedLayers {
 public:
  static constexpr size_t kLayersMax = 16;
  // To stop and start an encoder costs key frames of all layers, and a second without the layer for
  // who wants it back: people who page to and fro, and estimates that waver, come back sooner.
  static constexpr Duration kOffDelay = Duration::Seconds(4);
  // A browser starts an encoder within a second and a half; one that has not lacks the rate or the
  // CPU, and its layer does not count any more until it comes.
  static constexpr Duration kStartMax = Duration::Seconds(3);

  // A room without packets looks at nothing.
  static constexpr Duration kLookMax = Duration::Seconds(2);

  // Requires count <= kLayersMax.
  explicit WantedLayers(size_t count, Duration off_delay = kOffDelay)
      : off_delay_(off_delay), asked_(static_cast<LayerMask>((1U << count) - 1)) {}

  // Somebody has a use for these layers now. With any of them goes the lowest one, which costs
  // little and to which receivers fall at once.
  // Returns whether asked() is another than before.
  bool Want(Instant now, LayerMask layers);
  // Layers that nobody has wanted for so long are not asked for any more. To be called regularly;
  // longer breaks do not count.
  void Expire(Instant now);
  // A packet of the layer came.
  void OnPacket(size_t layer) { starting_ = static_cast<LayerMask>(starting_ & ~Bit(layer)); }

  LayerMask asked() const { return asked_; }
  // It is not being sent because nobody wanted it, or has been asked for just now: whoever wants it
  // gets it in a moment.
  bool Dormant(Instant now, size_t layer) const;

 private:
  static LayerMask Bit(size_t layer) { return static_cast<LayerMask>(1U << layer); }

  Duration off_delay_;
  LayerMask asked_;
  // Asked for again, and not yet come.
  LayerMask starting_ = 0;
  std::array<Instant, kLayersMax> asked_at_{};
  std::array<Instant, kLayersMax> wanted_at_{};
  std::optional<Instant> looked_at_;
};

}  // namespace conclave::router
