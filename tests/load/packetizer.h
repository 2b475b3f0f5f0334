// Cuts encoded frames into RTP payloads, with each codec's payload descriptor: VP8 (RFC 7741), VP9
// (RFC 9628, one spatial layer) and AV1 ("RTP Payload Format For AV1").
#pragma once

#include <cstdint>
#include <span>

#include "tests/load/clip.h"

namespace conclave::load {

// What is left of a 1200-byte datagram beside RTP header, extensions, descriptor and tag.
inline constexpr size_t kFragmentBytesMax = 1120;

// Makes `clip` ready for frames of a video codec. `temporal_layers`: 1..3, VP8 only: the frames are
// in the usual pattern (0 1, or 0 2 1 2) from each key frame on.
void BeginVideo(router::CodecName codec, Duration frame_interval, size_t temporal_layers,
                Clip& clip);
// Appends one frame (for AV1 a temporal unit). Returns false and appends nothing where it is not
// what the codec says.
bool AddVideoFrame(std::span<const uint8_t> frame, size_t temporal_layers, Clip& clip);
// Appends one Opus packet.
void AddOpusPacket(std::span<const uint8_t> packet, Clip& clip);

}  // namespace conclave::load
