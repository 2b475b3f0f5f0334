// SDP: printing and parsing again is a fixed point, and an error names a line.
#include "fuzz/oracle.h"
#include "wire/sdp.h"

namespace conclave::wire {
namespace {

void Run(std::string_view text) {
  const auto description = ParseSdp(text);
  if (!description) {
    CHECK(description.error().message.starts_with("sdp "));
    CHECK(description.error().message.size() < 128);
    return;
  }
  CHECK(description->media.size() <= kSdpMediaMax);
  const std::string printed = ToString(*description);
  // Wildcard feedback is the one thing that grows: by a named limit per format.
  CHECK(printed.size() <= 64 * text.size() + 4096 + 128 * 16 * 48 * description->media.size());
  const auto again = ParseSdp(printed);
  // What grew may be over the limit of the size; nothing else may be refused.
  CHECK(again || printed.size() > kSdpBytesMax);
  if (again) CHECK(*again == *description);
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
