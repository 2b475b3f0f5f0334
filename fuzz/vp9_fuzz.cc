// VP9: rewriting changes the picture id and TL0PICIDX, and nothing else.
#include <vector>

#include "fuzz/oracle.h"
#include "wire/vp9.h"

namespace conclave::wire {
namespace {

void Run(fuzz::Input input) {
  const auto descriptor = ParseVp9(input);
  if (!descriptor) return;
  CHECK(descriptor->header_bytes > 0 && descriptor->header_bytes < input.size());
  std::vector<uint8_t> copy(input.begin(), input.end());
  const uint16_t picture_id = static_cast<uint16_t>(0x5a5a ^ input.size()) & 0x7fff;
  RewriteVp9(*descriptor, picture_id, 0xa5, copy);
  const auto again = ParseVp9(copy);
  CHECK(again && again->header_bytes == descriptor->header_bytes);
  CHECK(again->has_long_picture_id == descriptor->has_long_picture_id);
  if (descriptor->picture_id) {
    const uint16_t mask = descriptor->has_long_picture_id ? 0x7fff : 0x7f;
    CHECK(again->picture_id == (picture_id & mask));
  }
  if (descriptor->tl0_picture_index) CHECK(again->tl0_picture_index == 0xa5);
  CHECK(again->temporal_layer == descriptor->temporal_layer);
  // With the old values the packet is what it was.
  RewriteVp9(*again, descriptor->picture_id.value_or(0), descriptor->tl0_picture_index.value_or(0),
             copy);
  CHECK(fuzz::Same(copy, input));
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
