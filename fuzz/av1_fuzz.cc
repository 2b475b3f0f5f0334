// AV1: the header's fields are the header's bits.
#include "fuzz/oracle.h"
#include "wire/av1.h"
#include "wire/codec.h"

namespace conclave::wire {
namespace {

void Run(fuzz::Input input) {
  const auto header = ParseAv1(input);
  CHECK(InspectPayload(Codec::kAv1, input).has_value() == header.has_value());
  if (!header) return;
  const int bits = (header->continues_previous ? 0x80 : 0) | (header->continues_next ? 0x40 : 0) |
                   header->element_count << 4 | (header->new_sequence ? 0x08 : 0);
  CHECK(bits == (input[0] & 0xf8));
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
