// The codecs that we forward, and what the packet path needs to know of a payload of any of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace conclave::wire {

enum class Codec : uint8_t { kOpus, kVp8, kVp9, kH264, kAv1 };

// The encoding name of a=rtpmap, in any case.
std::optional<Codec> CodecFromName(std::string_view name);
std::string_view CodecName(Codec codec);

struct FrameInfo {
  // The packet begins a frame from which decoding can start. Always true for audio.
  bool key_frame = false;
  // The packet begins a frame (H.264: a NAL unit, as the payload tells no more).
  bool frame_start = false;
  std::optional<uint8_t> temporal_layer;
  std::optional<uint8_t> spatial_layer;
};

// nullopt: empty or malformed. AV1's layers are in the dependency descriptor, not in the payload.
std::optional<FrameInfo> InspectPayload(Codec codec, std::span<const uint8_t> payload);

}  // namespace conclave::wire
