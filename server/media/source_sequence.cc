#include "media/source_sequence.h"

#include <algorithm>

namespace conclave::media {
namespace {

constexpr int64_t kCycle = int64_t{1} << 16;

int64_t Nearest(int64_t reference, uint16_t sequence) {
  return reference + static_cast<int16_t>(sequence - static_cast<uint16_t>(reference));
}

bool Plausible(int64_t delta) {
  return delta <= SourceSequence::kAheadMax && -delta <= SourceSequence::kBehindMax;
}

// The first number with these low bits that is more than half a cycle ahead, so that a
// retransmitted packet of the old numbering cannot be taken for one of the new.
int64_t AfterRestart(int64_t highest, uint16_t sequence) {
  const int64_t ahead = Nearest(highest, sequence) + kCycle;
  return ahead - highest > kCycle / 2 ? ahead : ahead + kCycle;
}

}  // namespace

std::optional<int64_t> SourceSequence::OnPacket(uint16_t sequence) {
  // The first one starts one cycle above zero, so that packets reordered around it stay positive.
  if (!highest_) return highest_ = kCycle + sequence;
  int64_t value = Nearest(*highest_, sequence);
  if (!Plausible(value - *highest_)) {
    if (restart_next_ != sequence) {
      restart_next_ = static_cast<uint16_t>(sequence + 1);
      return std::nullopt;
    }
    value = AfterRestart(*highest_, sequence);
  }
  restart_next_.reset();
  highest_ = std::max(*highest_, value);
  return value;
}

std::optional<int64_t> SourceSequence::Peek(uint16_t sequence) const {
  if (!highest_) return std::nullopt;
  const int64_t value = Nearest(*highest_, sequence);
  if (!Plausible(value - *highest_)) return std::nullopt;
  return value;
}

}  // namespace conclave::media
