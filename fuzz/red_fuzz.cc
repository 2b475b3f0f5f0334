// RED: what a payload carries, written again, is carried again.
#include <algorithm>
#include <vector>

#include "fuzz/oracle.h"
#include "wire/red.h"

namespace conclave::wire {
namespace {

void Run(fuzz::Input input) {
  std::vector<RedBlock> blocks;
  if (!ParseRed(input, blocks)) {
    CHECK(blocks.empty());
    return;
  }
  CHECK(!blocks.empty() && blocks.size() <= kRedBlocksMax);
  std::vector<uint8_t> buffer(input.size());
  ByteWriter writer(buffer);
  WriteRed(blocks, writer);
  CHECK(writer.ok());
  CHECK(std::ranges::equal(writer.written(), input));
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
