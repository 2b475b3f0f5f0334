#include "tests/load/slot_meter.h"

#include <algorithm>

namespace conclave::load {

bool SlotMeter::Seen(int64_t sequence) const {
  const auto at = static_cast<size_t>(sequence % kWindow);
  return (seen_[at / 64] >> (at % 64) & 1) != 0;
}

void SlotMeter::Mark(int64_t sequence) {
  const auto at = static_cast<size_t>(sequence % kWindow);
  seen_[at / 64] |= uint64_t{1} << (at % 64);
}

void SlotMeter::NoteGap(int64_t from, int64_t to) {
  for (int64_t sequence = std::max(from, to - kWindow); sequence < to; ++sequence) {
    const auto at = static_cast<size_t>(sequence % kWindow);
    seen_[at / 64] &= ~(uint64_t{1} << (at % 64));
  }
  if (to - from > kAskedMax || to_ask_.size() > kAskedMax) return;
  for (int64_t sequence = from; sequence < to; ++sequence) {
    to_ask_.push_back(static_cast<uint16_t>(sequence));
  }
}

void SlotMeter::CountGaps(Instant at, const wire::RtpPacket& packet, int64_t sequence,
                          uint32_t source) {
  constexpr int64_t kTicksPerMs = 48;
  const auto spoken = static_cast<int32_t>(packet.timestamp - newest_timestamp_);
  const bool late =
      source == source_ && at - newest_at_ > Duration::Millis(spoken / kTicksPerMs) + kLate;
  if (!is_video() && (late || sequence != highest_ + 1)) ++stats_.gaps;
  newest_at_ = at;
  newest_timestamp_ = packet.timestamp;
}

int64_t SlotMeter::OnPacket(Instant at, const wire::RtpPacket& packet, size_t size_bytes) {
  const int64_t sequence = unwrapper_.Unwrap(packet.sequence);
  ++stats_.packets;
  stats_.bytes += size_bytes;
  const uint32_t source = packet.csrcs.empty() ? source_ : packet.csrcs[0];
  if (highest_ < 0) {
    stats_.first_packet = at;
    first_ = sequence;
    highest_ = sequence;
    source_ = source;
    newest_at_ = at;
    newest_timestamp_ = packet.timestamp;
    Mark(sequence);
    ++unique_;
    return sequence;
  }
  if (sequence > highest_) {
    CountGaps(at, packet, sequence, source);
    NoteGap(highest_ + 1, sequence);
    highest_ = sequence;
    if (source != source_) ++stats_.switches;
    source_ = source;
    Mark(sequence);
    ++unique_;
    return sequence;
  }
  if (sequence <= highest_ - kWindow || sequence < first_ || Seen(sequence)) {
    ++stats_.duplicates;
    return sequence;
  }
  ++stats_.reordered;
  ++unique_;
  Mark(sequence);
  std::erase(to_ask_, packet.sequence);
  return sequence;
}

void SlotMeter::OnRtx(std::optional<uint16_t> original) {
  ++stats_.rtx_packets;
  if (!original || highest_ < 0) return;
  const int64_t sequence = unwrapper_.Peek(*original);
  if (sequence > highest_ - kWindow && sequence >= first_ && sequence <= highest_ &&
      !Seen(sequence)) {
    Mark(sequence);
    ++stats_.repaired;
  }
}

uint64_t SlotMeter::expected() const {
  return highest_ < 0 ? 0 : static_cast<uint64_t>(highest_ - first_ + 1);
}

uint64_t SlotMeter::lost() const { return expected() - std::min(expected(), unique_); }

void SlotMeter::CollectNacks(std::vector<uint16_t>& out) {
  out.insert(out.end(), to_ask_.begin(), to_ask_.end());
  to_ask_.clear();
}

}  // namespace conclave::load
