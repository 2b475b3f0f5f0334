#include "media/nack_generator.h"

#include <algorithm>
#include <utility>

namespace conclave::media {
namespace {

// Ten times what is missing at 20 % loss of 300 packets per second and an RTT of 200 ms.
constexpr size_t kMissingUsual = 128;
// Questions and answers get lost, which makes the time to an answer longer than the way is: it
// follows what is shorter at once, and what is longer slowly.
constexpr int64_t kLongerPart = 16;

}  // namespace

void NackGenerator::OnPacket(Instant now, int64_t sequence, bool key_frame) {
  if (highest_ < 0 || sequence <= highest_) {
    if (highest_ < 0) highest_ = sequence;
    Remove(now, sequence);
  } else {
    AddGap(now, highest_ + 1, sequence);
    highest_ = sequence;
  }
  if (key_frame) {
    // A decoder that has the key frame needs nothing older, and the old packets could not arrive
    // before it is complete.
    std::erase_if(missing_, [sequence](const Missing& m) { return m.sequence < sequence; });
    if (sequence == highest_) key_frame_needed_ = false;
  }
  if (missing_.empty()) next_deadline_ = Instant::Never();
}

void NackGenerator::OnDeadline(Instant now, Duration rtt, std::vector<uint16_t>& out) {
  if (now < next_deadline_) return;
  const Duration spacing = std::max({rtt, answer_time_, kRetryMin});
  const auto give_up = [now](const Missing& m) {
    return m.tries >= kRetriesMax ? m.next <= now : now - m.since > kAgeMax;
  };
  if (std::erase_if(missing_, give_up) > 0) key_frame_needed_ = true;
  next_deadline_ = Instant::Never();
  for (Missing& m : missing_) {
    if (m.next <= now) {
      out.push_back(static_cast<uint16_t>(m.sequence));
      m.next = now + spacing;
      ++m.tries;
    }
    next_deadline_ = std::min(next_deadline_, m.next);
  }
}

Instant NackGenerator::NextDeadline() const { return next_deadline_; }

bool NackGenerator::TakeKeyFrameNeeded() { return std::exchange(key_frame_needed_, false); }

void NackGenerator::Reset() {
  missing_.clear();
  highest_ = -1;
  next_deadline_ = Instant::Never();
  key_frame_needed_ = false;
}

void NackGenerator::AddGap(Instant now, int64_t first, int64_t end) {
  const auto gap = static_cast<size_t>(end - first);
  if (gap == 0) return;
  if (missing_.size() + gap > kMissingMax) {
    missing_.clear();
    next_deadline_ = Instant::Never();
    key_frame_needed_ = true;
    return;
  }
  if (missing_.capacity() == 0) missing_.reserve(kMissingUsual);
  for (int64_t sequence = first; sequence < end; ++sequence) {
    missing_.push_back({sequence, now, now + kReorderWait, 0});
  }
  next_deadline_ = std::min(next_deadline_, now + kReorderWait);
}

void NackGenerator::NoteAnswer(Instant now, const Missing& missing) {
  if (missing.tries == 0) return;
  const Duration took = now - (missing.since + kReorderWait);
  const bool follows = answer_time_ == Duration() || took < answer_time_;
  answer_time_ = follows ? took : answer_time_ + (took - answer_time_) / kLongerPart;
}

void NackGenerator::Remove(Instant now, int64_t sequence) {
  const auto at =
      std::lower_bound(missing_.begin(), missing_.end(), sequence,
                       [](const Missing& m, int64_t value) { return m.sequence < value; });
  if (at == missing_.end() || at->sequence != sequence) return;
  NoteAnswer(now, *at);
  missing_.erase(at);
}

}  // namespace conclave::media
