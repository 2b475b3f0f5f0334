// H.264: a key frame begins only where a NAL unit begins.
#include "fuzz/oracle.h"
#include "wire/codec.h"
#include "wire/h264.h"

namespace conclave::wire {
namespace {

void Run(fuzz::Input input) {
  const auto info = ParseH264(input);
  const auto frame = InspectPayload(Codec::kH264, input);
  CHECK(frame.has_value() == info.has_value());
  if (!info) return;
  CHECK(info->nal_start || !info->key_frame);
  CHECK(frame->key_frame == info->key_frame && frame->frame_start == info->nal_start);
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
