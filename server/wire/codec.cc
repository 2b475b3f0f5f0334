#include "wire/codec.h"

#include <array>

#include "wire/sdp_text.h"

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

}  // namespace conclave::wire
