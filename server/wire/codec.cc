#include "wire/codec.h"

#include <array>

#include "wire/av1.h"
#include "wire/h264.h"
#include "wire/sdp_text.h"
#include "wire/vp8.h"
#include "wire/vp9.h"

namespace conclave::wire {
namespace {

struct Named {
  Codec codec;
  std::string_view name;
};
// As browsers write them.
constexpr std::array<Named, 5> kNames = {{{Codec::kOpus, "opus"},
                                          {Codec::kVp8, "VP8"},
                                          {Codec::kVp9, "VP9"},
                                          {Codec::kH264, "H264"},
                                          {Codec::kAv1, "AV1"}}};

using Payload = std::span<const uint8_t>;

std::optional<FrameInfo> InspectVp8(Payload payload) {
  const auto descriptor = ParseVp8(payload);
  if (!descriptor) return std::nullopt;
  return FrameInfo{descriptor->key_frame, descriptor->frame_start(), descriptor->temporal_layer,
                   std::nullopt};
}

std::optional<FrameInfo> InspectVp9(Payload payload) {
  const auto descriptor = ParseVp9(payload);
  if (!descriptor) return std::nullopt;
  return FrameInfo{descriptor->key_frame(), descriptor->frame_start, descriptor->temporal_layer,
                   descriptor->spatial_layer};
}

std::optional<FrameInfo> InspectH264(Payload payload) {
  const auto info = ParseH264(payload);
  if (!info) return std::nullopt;
  return FrameInfo{info->key_frame, info->nal_start, std::nullopt, std::nullopt};
}

std::optional<FrameInfo> InspectAv1(Payload payload) {
  const auto aggregation = ParseAv1(payload);
  if (!aggregation) return std::nullopt;
  return FrameInfo{aggregation->new_sequence, !aggregation->continues_previous, std::nullopt,
                   std::nullopt};
}

}  // namespace

std::optional<Codec> CodecFromName(std::string_view name) {
  for (const Named& known : kNames) {
    if (LowerCase(known.name) == LowerCase(name)) return known.codec;
  }
  return std::nullopt;
}

std::string_view CodecName(Codec codec) {
  for (const Named& known : kNames) {
    if (known.codec == codec) return known.name;
  }
  return {};
}

std::optional<FrameInfo> InspectPayload(Codec codec, Payload payload) {
  switch (codec) {
    case Codec::kOpus:
      if (payload.empty()) return std::nullopt;
      return FrameInfo{true, true, std::nullopt, std::nullopt};
    case Codec::kVp8:
      return InspectVp8(payload);
    case Codec::kVp9:
      return InspectVp9(payload);
    case Codec::kH264:
      return InspectH264(payload);
    case Codec::kAv1:
      return InspectAv1(payload);
  }
  return std::nullopt;
}

}  // namespace conclave::wire
