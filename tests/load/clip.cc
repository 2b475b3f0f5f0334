#include "tests/load/clip.h"

#include "base/check.h"
#include "tests/load/stamp.h"

namespace conclave::load {
namespace {

// A fragment of this size keeps its codec's headers whole under a stamp.
constexpr size_t kOverwriteBytesMin = 64 + kStampBytes;

}  // namespace

void Clip::AddPacket(std::span<const uint8_t> head, std::span<const uint8_t> body) {
  CHECK(!frames.empty());
  const size_t offset = bytes.size();
  bytes.insert(bytes.end(), head.begin(), head.end());
  bytes.insert(bytes.end(), body.begin(), body.end());
  if (body.size() < kOverwriteBytesMin) bytes.resize(bytes.size() + kStampBytes);
  packets.push_back({static_cast<uint32_t>(offset), static_cast<uint16_t>(bytes.size() - offset)});
  ++frames.back().packet_count;
}

size_t Clip::NextKey(size_t frame) const {
  for (size_t i = 0; i < frames.size(); ++i) {
    const size_t at = (frame + i) % frames.size();
    if (frames[at].key) return at;
  }
  return 0;
}

}  // namespace conclave::load
