// H.264: a key frame begins only where a NAL unit begins, and only what no other refers to may be
// left out.
#include "fuzz/oracle.h"
#include "wire/h264.h"

namespace conclave::wire {
namespace {

void Run(fuzz::Input input) {
  const auto info = ParseH264(input);
  if (!info) return;
  CHECK(info->nal_start || !info->key_frame);
  // RFC 6184: the nal_ref_idc of an aggregate is the largest of its units'.
  const uint8_t type = input[0] & 0x1f;
  if (info->discardable && type != 24) CHECK((input[0] & 0x60) == 0);
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
