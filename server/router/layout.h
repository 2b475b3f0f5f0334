// What one receiver wants to see: its layout wishes, or before the first of them what the shard
// chooses for it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/data_rate.h"
#include "base/ids.h"
#include "router/commands.h"

namespace conclave::router {

// A video track of the room, as far as a layout needs to know it.
struct LayoutTrack {
  TrackId track;
  bool is_screen = false;
  // The receiver's own tracks are never shown to it.
  bool own = false;
  bool muted = false;
};

class Layout {
 public:
  // As the protocol has it: wishes beyond this are left out.
  static constexpr size_t kWishesMax = 128;
  // Before the client has said how large its tiles are: a middle layer.
  static constexpr uint16_t kAutomaticCameraPx = 360;
  static constexpr uint16_t kAutomaticScreenPx = 1080;

  void Set(std::span<const TrackWish> wishes, DataRate max_rate);
  // Zero: no limit of the client's own.
  DataRate max_rate() const { return max_rate_; }

  // The wishes that count, most wanted first: those for tracks that are there, each once.
  // Without wishes: screens, then cameras, in the order of `tracks`, those that are not muted.
  void Effective(std::span<const LayoutTrack> tracks, std::vector<TrackWish>& out) const;

 private:
  bool automatic_ = true;
  std::vector<TrackWish> wishes_;
  DataRate max_rate_;
};

}  // namespace conclave::router
