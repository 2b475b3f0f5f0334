// Which frames of one scalable stream a receiver gets: temporal and spatial layers of a single
// source, while LayerSelector goes from one source to another.
#pragma once

#include <cstdint>

#include "media/frame_facts.h"
#include "media/layer_point.h"
#include "media/packet_pool.h"

namespace conclave::media {

// One per slot. It goes up where the stream lets a receiver in: at a key frame, or at a frame from
// which on all that the higher point needs is there. It goes down at once where the lower point's
// frames have all been forwarded. Where they have not (spatial layers that refer to one another in
// key pictures only), upper temporal layers are left out meanwhile.
class LayerFilter {
 public:
  struct Verdict {
    bool forward = false;
    // The last packet of its picture for this receiver: the source's marker may be on one that is
    // left out.
    bool marker = false;
    // The points that the receiver can decode completely; not empty where `forward`.
    PointMask complete = 0;
  };

  // A point that the source does not have, or does not send at present, counts as the next below.
  void SetTarget(LayerPoint target);
  // The next packet is a key frame's first, of this source or of another.
  void Begin();

  // To be asked for every packet of the source, in order of arrival.
  Verdict OnPacket(const PacketInfo& packet);

  // The target has been waited for, or is known to be waited for in vain, since the stream does not
  // let anybody in: a key frame of the source is to be asked for. To be asked after SetTarget and
  // after OnPacket; says so again while that does not help.
  bool TakeKeyFrameNeeded();

  LayerPoint current() const { return current_; }
  LayerPoint target() const { return target_; }

 private:
  bool HasReferences(const PacketInfo& packet) const;
  void NoteForwarded(uint16_t frame_number);
  void StartPicture(const PacketInfo& packet);
  LayerPoint Step(PointMask reachable, LayerPoint wanted) const;
  bool AwaitsEntry(LayerPoint wanted);
  bool ClosedTo(LayerPoint wanted) const;

  LayerPoint target_ = kTopPoint;
  LayerPoint current_ = kTopPoint;
  // The point before the last change, which packets that come late still belong to.
  LayerPoint previous_ = kTopPoint;
  int64_t changed_at_ = 0;
  // Of the current source; -1 before its first packet.
  int64_t newest_ = -1;
  int64_t picture_timestamp_ = 0;
  // Points all of whose frames were forwarded since they could be begun with.
  PointMask complete_ = 0;

  // Frame numbers, where the stream has them: bit i is newest_frame_ - i.
  uint16_t newest_frame_ = 0;
  uint64_t forwarded_ = 0;

  // The points of the last picture, and whether the last base picture but for key frames let nobody
  // into another spatial layer.
  PointMask available_ = kBasePoint;
  bool closed_ = false;
  // Pictures of the base layer that did not let the target in.
  int missed_ = 0;
  bool key_frame_needed_ = false;
};

}  // namespace conclave::media
