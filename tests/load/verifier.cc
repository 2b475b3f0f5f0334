#include "tests/load/verifier.h"

#include "router/commands.h"

namespace conclave::load {
namespace {

bool IsAudio(const Stamp& stamp) {
  return stamp.source == static_cast<uint8_t>(router::SourceKind::kMicrophone) ||
         stamp.source == static_cast<uint8_t>(router::SourceKind::kScreenAudio);
}

}  // namespace

void Verifier::OnPacket(Instant at, size_t slot, int64_t sequence, uint32_t csrc,
                        const SourceIdentity* expected, std::span<const uint8_t> payload) {
  // Padding measures the path and carries nothing.
  if (payload.empty()) return;
  ++stats_.packets;
  const auto stamp = ReadStamp(payload);
  if (!stamp) {
    ++stats_.unreadable;
    return;
  }
  if (expected == nullptr || *expected != SourceIdentity{stamp->participant, stamp->source}) {
    ++stats_.wrong_source;
  }
  const Duration delay = at - stamp->sent;
  (IsAudio(*stamp) ? stats_.audio_delay : stats_.video_delay).Add(delay);
  if (keep_samples_ && IsAudio(*stamp) && samples_.size() < kSamplesMax) {
    samples_.push_back({at, delay});
  }
  Last& last = slots_[slot];
  if (sequence == last.sequence + 1 && csrc == last.csrc) CheckOrder(last, *stamp);
  if (sequence > last.sequence) last = {sequence, csrc, *stamp};
}

void Verifier::CheckOrder(const Last& last, const Stamp& stamp) {
  if (stamp.layer != last.stamp.layer) return;
  if (stamp.counter <= last.stamp.counter) {
    ++stats_.out_of_order;
    return;
  }
  // A source that was paused goes on with a key frame; a voice that is among the loudest again goes
  // on anywhere.
  if (IsAudio(stamp) || stamp.key_start) return;
  stats_.swallowed += stamp.counter - last.stamp.counter - 1;
}

}  // namespace conclave::load
