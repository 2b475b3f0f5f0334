// What one receiver wants to see: its layout wishes, or before the first of them what the shard
// chooses for it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/data_rate.h"
#include "base/ids.h"
#include "router/commands.h"
#include "router/participant_index.h"

namespace conclave::router {

// A video track of the room, as far as a layout needs to know it.
struct LayoutTrack {
  TrackId track;
  ParticipantIndex owner;
  bool is_screen = false;
  bool muted = false;
};

// Whose a video track is; nullopt where there is none of that id.
using OwnerLookup = std::function<std::optional<ParticipantIndex>(TrackId)>;

class Layout {
 public:
  // As the protocol has it: wishes beyond this are left out.
  static constexpr size_t kWishesMax = 128;
  // Before the client has said how large its tiles are: a middle layer.
  static constexpr uint16_t kAutomaticCameraPx = 360;
  static constexpr uint16_t kAutomaticScreenPx = 1080;

  void Set(std::span<const TrackWish> wishes, DataRate max_rate);
  // Whether the client has said what it wants.
  bool asked() const { return !automatic_; }
  // Zero: no limit of the client's own.
  DataRate max_rate() const { return max_rate_; }

  // The wishes of `self` that count, most wanted first: those for tracks that are there and not its
  // own, each once. Before the first wish: screens, then cameras, in the order of `tracks` (all of
  // the room), those that are not muted.
  void Effective(ParticipantIndex self, std::span<const LayoutTrack> tracks,
                 const OwnerLookup& owner_of, std::vector<TrackWish>& out) const;

 private:
  bool automatic_ = true;
  std::vector<TrackWish> wishes_;
  DataRate max_rate_;
};

}  // namespace conclave::router
