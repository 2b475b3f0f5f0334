// The dependency descriptors of one receive slot: whatever sources it carries one after another,
// the receiver sees one stream of frame numbers and one template structure replacing another.
#pragma once

#include <cstdint>
#include <optional>

#include "media/layer_point.h"
#include "media/packet_pool.h"
#include "wire/dependency_descriptor.h"

namespace conclave::media {

// * Frame numbers go on at the next one where a source begins. Inside a source its own gaps stay,
//   because frames name others by the difference of their numbers.
// * Template ids of a source begin behind those of the source before it, so that its frames cannot
//   be taken for others where the packet with the structure is late (decisions 24).
// * The active decode targets are those that the receiver gets completely; said at the beginning of
//   each frame while they are not what the structure says, which is all.
class DescriptorRewriter {
 public:
  // The next packet begins another source.
  void BeginSource() { in_source_ = false; }

  // Of a packet that is forwarded and has a descriptor. `complete`: LayerFilter::Verdict.
  wire::DescriptorRewrite Map(const PacketInfo& packet, PointMask complete);

 private:
  std::optional<uint32_t> ActiveTargets(const PacketInfo& packet, PointMask complete);

  bool in_source_ = false;
  uint16_t number_offset_ = 0;
  uint8_t template_shift_ = 0;
  // The first number, and the first template id, that were not given out yet.
  uint16_t next_number_ = 0;
  uint8_t next_template_ = 0;
  // Something else than the last structure's "all" was said.
  bool told_targets_ = false;
};

}  // namespace conclave::media
