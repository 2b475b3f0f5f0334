// AV1: the header's fields are the header's bits.
#include "fuzz/oracle.h"
#include "wire/av1.h"

namespace conclave::wire {
namespace {

void Run(fuzz::Input input) {
  const auto header = ParseAv1(input);
  if (!header) return;
  const int bits = (header->continues_previous ? 0x80 : 0) | (header->continues_next ? 0x40 : 0) |
                   header->element_count << 4 | (header->new_sequence ? 0x08 : 0);
  CHECK(bits == (input[0] & 0xf8));
  CHECK(header->temporal_layer.has_value() == header->spatial_layer.has_value());
  CHECK(header->temporal_layer.value_or(0) < 8 && header->spatial_layer.value_or(0) < 4);
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
