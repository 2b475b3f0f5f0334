// CCFB: what a feedback tells, written again, is told again.
#include <vector>

#include "fuzz/oracle.h"
#include "wire/ccfb.h"
#include "wire/rtcp.h"

namespace conclave::wire {
namespace {

void Run(fuzz::Input input) {
  std::vector<CcfbStatus> statuses;
  const auto time = ParseCcfb(input, statuses);
  CHECK(time || statuses.empty());
  if (!time) return;
  CHECK(statuses.size() <= kCcfbStatusesMax);
  // At worst each status is a report of its own.
  std::vector<uint8_t> buffer(64 + 12 * statuses.size());
  ByteWriter writer(buffer);
  WriteCcfb(1, *time, statuses, writer);
  CHECK(writer.ok());
  std::vector<CcfbStatus> again;
  CHECK(ParseCcfb(writer.written().subspan(8), again) == time);
  CHECK(again == statuses);
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
