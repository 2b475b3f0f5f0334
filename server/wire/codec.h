// The codecs that we forward.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace conclave::wire {

enum class Codec : uint8_t { kOpus, kVp8, kVp9, kH264, kAv1 };

// The encoding name of a=rtpmap, in any case.
std::optional<Codec> CodecFromName(std::string_view name);
std::string_view CodecName(Codec codec);

}  // namespace conclave::wire
