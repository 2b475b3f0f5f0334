// What a scalable encoder sends: the frames of one stream's spatial and temporal layers, each
// packet with its dependency descriptor.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "router/commands.h"
#include "wire/svc_script.h"

namespace conclave::sim {

struct SvcPacket {
  bool marker = false;
  std::vector<uint8_t> payload;
  std::vector<uint8_t> descriptor;
};

class FakeSvc {
 public:
  // `codec`: AV1 or VP9.
  FakeSvc(TrackId track, router::CodecName codec, const wire::SvcMode& mode)
      : track_(track), codec_(codec), mode_(mode), script_(mode) {}

  // Only so many spatial layers from the next picture on, as browsers leave out upper ones: on the
  // way down at once, on the way up with a key frame. Returns whether one is needed.
  bool SetSpatialLayers(uint8_t count);
  uint8_t spatial_layers() const { return spatial_layers_; }

  // Appends the next picture. `frame_bytes`: by spatial layer, of a frame of the lowest temporal
  // layer; upper ones have less, key frames more.
  void Next(bool key, std::span<const size_t> frame_bytes, std::vector<SvcPacket>& out);

 private:
  std::vector<uint8_t> Describe(const wire::SvcFrame& frame, bool start, bool end) const;
  uint32_t ActiveTargets() const;

  TrackId track_;
  router::CodecName codec_;
  wire::SvcMode mode_;
  wire::SvcScript script_;
  uint8_t spatial_layers_ = mode_.spatial;
  // Told with the next frame.
  bool tell_active_ = false;
};

}  // namespace conclave::sim
