// What a receive slot forwards while it goes from one source to another: the switch waits for a key
// frame of the new one, and the old one goes on until then.
#pragma once

#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "media/packet_pool.h"

namespace conclave::media {

// One stream that a slot can carry: a layer of a track.
struct SourceLayer {
  TrackId track;
  uint8_t layer = 0;
  auto operator<=>(const SourceLayer&) const = default;
};

enum class LayerVerdict : uint8_t {
  kDrop,
  kForward,
  // SlotRewriter::BeginSource, then forward: the slot carries this source from here on.
  kSwitch,
};

// One per slot. The target is an input: the allocator chooses. For audio
// every packet counts as a key frame (FrameFacts), so that it switches at once.
class LayerSelector {
 public:
  // nullopt: the slot is empty or paused; nothing is forwarded from now on.
  void SetTarget(std::optional<SourceLayer> target);
  // The source that is being forwarded is gone: its end is not waited for.
  void DropCurrent() { current_.reset(); }

  // To be asked for each packet of the current and of the target source, in order of arrival.
  LayerVerdict OnPacket(const PacketInfo& packet);

  // The source whose key frame the slot waits for: ask it (KeyframeRequester).
  std::optional<SourceLayer> WaitsForKeyFrame() const;
  std::optional<SourceLayer> current() const { return current_; }
  std::optional<SourceLayer> target() const { return target_; }

 private:
  std::optional<SourceLayer> current_;
  std::optional<SourceLayer> target_;
  // The newest packet of the target that arrived while waiting.
  int64_t target_newest_ = -1;
};

}  // namespace conclave::media
