// Dependency descriptor: the mandatory fields are a fixed point, and a rewrite touches one of them.
#include <vector>

#include "fuzz/oracle.h"
#include "wire/dependency_descriptor.h"

namespace conclave::wire {
namespace {

void Run(fuzz::Input input) {
  const auto descriptor = ParseDependencyDescriptor(input);
  CHECK(descriptor.has_value() == (input.size() >= kDependencyDescriptorMandatoryBytes));
  if (!descriptor) return;
  CHECK(fuzz::Same(EncodeDependencyDescriptor(*descriptor),
                   input.first(kDependencyDescriptorMandatoryBytes)));
  std::vector<uint8_t> copy(input.begin(), input.end());
  const auto number = static_cast<uint16_t>(descriptor->frame_number + 1);
  RewriteFrameNumber(number, copy);
  auto expected = *descriptor;
  expected.frame_number = number;
  CHECK(ParseDependencyDescriptor(copy) == expected);
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
