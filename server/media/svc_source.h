// Tests only: the packets of a scalable stream as the publisher's ingest leaves them, read by the
// real FrameReader from real descriptors.
#pragma once

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "media/frame_reader.h"
#include "media/packet_pool.h"
#include "wire/svc_script.h"

namespace conclave::media {

// A payload of one byte behind what the codec's payload begins with.
enum class SvcCodec : uint8_t { kAv1, kVp9, kVp9WithoutDescriptor };

class SvcSource {
 public:
  // Frames of `packets_per_frame` packets, at 30 pictures per second of a 90 kHz clock.
  SvcSource(TrackId track, SvcCodec codec, const wire::SvcMode& mode, int packets_per_frame = 2,
            uint8_t template_id_offset = 0, uint16_t frame_number = 0)
      : track_(track),
        codec_(codec),
        mode_(mode),
        packets_per_frame_(packets_per_frame),
        script_(mode, template_id_offset, frame_number) {}

  const wire::SvcScript& script() const { return script_; }
  // What has been learnt of the stream so far.
  const FrameReader& reader() const { return reader_; }

  // The packets of the next picture.
  std::vector<PacketRef> Next(PacketPool& pool, bool key = false) {
    std::vector<PacketRef> packets;
    for (const wire::SvcFrame& frame : script_.Next(key)) {
      frame_ = frame;
      for (int i = 0; i < packets_per_frame_; ++i) {
        const bool end = i + 1 == packets_per_frame_;
        packets.push_back(Make(pool, frame, i == 0, end));
      }
    }
    tl0_ = static_cast<uint8_t>(tl0_ + (frame_.dependencies.temporal_layer == 0 ? 1 : 0));
    return packets;
  }

 private:
  PacketRef Make(PacketPool& pool, const wire::SvcFrame& frame, bool start, bool end) {
    PacketRef packet = *pool.Allocate();
    const auto descriptor = codec_ == SvcCodec::kVp9WithoutDescriptor
                                ? std::vector<uint8_t>()
                                : script_.Descriptor(frame, start, end);
    const auto payload = codec_ == SvcCodec::kAv1 ? Av1(frame, start) : Vp9(frame, start, end);
    PacketInfo& info = packet->info;
    info.track = track_;
    info.payload_type = 98;
    info.marker = frame.last && end;
    info.sequence = sequence_++;
    info.timestamp = 1'000'000 + 3000 * frame.picture;
    info.payload_offset = 300;
    info.payload_bytes = static_cast<uint16_t>(payload.size());
    std::ranges::copy(descriptor, packet->bytes.begin() + 20);
    std::ranges::copy(payload, packet->bytes.begin() + 300);
    packet->size_bytes = static_cast<uint16_t>(300 + payload.size());
    const auto codec = codec_ == SvcCodec::kAv1 ? wire::Codec::kAv1 : wire::Codec::kVp9;
    const auto value = std::span(packet->bytes).subspan(20, descriptor.size());
    CHECK(reader_.Read(codec, payload, value, 20, info));
    return packet;
  }

  static std::vector<uint8_t> Av1(const wire::SvcFrame& frame, bool start) {
    const bool sequence = start && frame.key_picture && frame.dependencies.spatial_layer == 0;
    return {static_cast<uint8_t>((start ? 0 : 0x80) | 0x10 | (sequence ? 0x08 : 0)), 0xaa};
  }

  // RFC 9628 section 4.2, in the non-flexible mode.
  std::vector<uint8_t> Vp9(const wire::SvcFrame& frame, bool start, bool end) const {
    const wire::FrameDependencies& d = frame.dependencies;
    const bool joined = frame.key_picture || !mode_.key_only;
    const bool refers_up = joined && !frame.last;
    const bool structure = start && frame.key_picture && d.spatial_layer == 0;
    std::vector<uint8_t> out;
    out.push_back(static_cast<uint8_t>(0x80 | (frame.key_picture ? 0 : 0x40) | 0x20 |
                                       (start ? 0x08 : 0) | (end ? 0x04 : 0) |
                                       (structure ? 0x02 : 0) | (refers_up ? 0 : 0x01)));
    const auto id = static_cast<uint16_t>(0x8000 | (frame.picture & 0x7fff));
    out.push_back(static_cast<uint8_t>(id >> 8));
    out.push_back(static_cast<uint8_t>(id));
    const bool uses_lower = d.spatial_layer > 0 && joined;
    // Every picture of the base layer lets upper temporal layers begin.
    const bool up = d.temporal_layer == 0;
    out.push_back(static_cast<uint8_t>(d.temporal_layer << 5 | (up ? 0x10 : 0) |
                                       d.spatial_layer << 1 | (uses_lower ? 1 : 0)));
    out.push_back(tl0_);
    if (structure) {
      out.push_back(static_cast<uint8_t>((mode_.spatial - 1) << 5 | 0x10));
      for (int s = 0; s < mode_.spatial; ++s) {
        const int height = 180 << s;
        const int width = 320 << s;
        for (const int side : {width, height}) {
          out.push_back(static_cast<uint8_t>(side >> 8));
          out.push_back(static_cast<uint8_t>(side));
        }
      }
    }
    out.push_back(0xaa);
    return out;
  }

  TrackId track_;
  SvcCodec codec_;
  wire::SvcMode mode_;
  int packets_per_frame_;
  wire::SvcScript script_;
  wire::SvcFrame frame_;
  FrameReader reader_;
  int64_t sequence_ = 70000;
  uint8_t tl0_ = 0;
};

}  // namespace conclave::media
