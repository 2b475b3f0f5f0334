#include "wire/red.h"

#include "base/byte_reader.h"
#include "base/check.h"

namespace conclave::wire {
namespace {

// RFC 2198 section 3: another block follows this header.
constexpr uint8_t kFollowed = 0x80;
constexpr uint32_t kBlockBytesBits = 10;

}  // namespace

void WriteRed(std::span<const RedBlock> blocks, ByteWriter& out) {
  CHECK(!blocks.empty());
  for (const RedBlock& block : blocks.first(blocks.size() - 1)) {
    CHECK(block.data.size() <= kRedBlockBytesMax && block.timestamp_offset <= kRedOffsetMax);
    out.U8(static_cast<uint8_t>(kFollowed | block.payload_type));
    out.U24(uint32_t{block.timestamp_offset} << kBlockBytesBits |
            static_cast<uint32_t>(block.data.size()));
  }
  out.U8(blocks.back().payload_type);
  for (const RedBlock& block : blocks) out.Bytes(block.data);
}

bool ParseRed(std::span<const uint8_t> payload, std::vector<RedBlock>& out) {
  ByteReader in(payload);
  std::vector<RedBlock> found;
  std::vector<size_t> sizes;
  while (true) {
    const uint8_t first = in.U8();
    if (!in.ok() || found.size() == kRedBlocksMax) return false;
    RedBlock& block = found.emplace_back();
    block.payload_type = static_cast<uint8_t>(first & ~kFollowed);
    if ((first & kFollowed) == 0) break;
    const uint32_t rest = in.U24();
    block.timestamp_offset = static_cast<uint16_t>(rest >> kBlockBytesBits);
    sizes.push_back(rest & kRedBlockBytesMax);
  }
  for (size_t i = 0; i < sizes.size(); ++i) found[i].data = in.Bytes(sizes[i]);
  if (!in.ok()) return false;
  found.back().data = in.Bytes(in.remaining());
  out.insert(out.end(), found.begin(), found.end());
  return true;
}

}  // namespace conclave::wire
