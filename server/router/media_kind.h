// What follows from a track's kind of source.
#pragma once

#include <cstdint>

#include "router/commands.h"
#include "wire/codec.h"

namespace conclave::router {

constexpr MediaKind KindOf(SourceKind source) {
  return source == SourceKind::kMicrophone || source == SourceKind::kScreenAudio
             ? MediaKind::kAudio
             : MediaKind::kVideo;
}

// RFC 7587 section 4.1 and the RTP payload formats of all video codecs.
constexpr uint32_t ClockRateOf(MediaKind kind) { return kind == MediaKind::kAudio ? 48000 : 90000; }

constexpr wire::Codec WireCodec(CodecName name) {
  switch (name) {
    case CodecName::kOpus:
      return wire::Codec::kOpus;
    case CodecName::kVp8:
      return wire::Codec::kVp8;
    case CodecName::kVp9:
      return wire::Codec::kVp9;
    case CodecName::kH264:
      return wire::Codec::kH264;
    case CodecName::kAv1:
      return wire::Codec::kAv1;
  }
  return wire::Codec::kOpus;
}

}  // namespace conclave::router
