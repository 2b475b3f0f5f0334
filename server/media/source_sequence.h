// The sequence numbers of one received SSRC, unwrapped and validated (RFC 3550 appendix A.1).
#pragma once

#include <cstdint>
#include <optional>

namespace conclave::media {

// A stray packet far off is refused. Where two in a row are far off, the sender has restarted its
// numbering: it goes on in a later cycle, so that for everybody behind this class a restart is one
// large gap forward and never a step back.
class SourceSequence {
 public:
  // RFC 3550 A.1: MAX_DROPOUT. Ten seconds of a 2.5 Mbps stream.
  static constexpr int64_t kAheadMax = 3000;
  // Further behind than a retransmission can be useful, within half of the 16-bit space.
  static constexpr int64_t kBehindMax = 3000;

  // The unwrapped number, whose low 16 bits are `sequence`; nullopt: drop the packet.
  std::optional<int64_t> OnPacket(uint16_t sequence);
  // Without taking the packet in: what a retransmission's original number unwraps to. nullopt
  // where it is out of range, or before the first packet.
  std::optional<int64_t> Peek(uint16_t sequence) const;

 private:
  std::optional<int64_t> highest_;
  // The number that would confirm a restart.
  std::optional<uint16_t> restart_next_;
};

}  // namespace conclave::media
