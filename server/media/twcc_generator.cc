#include "media/twcc_generator.h"

#include <algorithm>
#include <utility>

namespace conclave::media {
namespace {

// One feedback about more packets than this would not fit a datagram.
constexpr size_t kArrivalsPerFeedback = 400;

}  // namespace

void TwccGenerator::OnPacket(Instant arrival, uint16_t wrapped, size_t size_bytes) {
  const int64_t sequence = unwrapper_.Unwrap(wrapped);
  if (!next_to_report_) {
    next_to_report_ = sequence;
    last_feedback_ = arrival;
  }
  MakeRoom(sequence);
  if (sequence <= highest_ - window()) return;
  highest_ = std::max(highest_, sequence);
  // What was overwritten before it was reported counts as lost.
  next_to_report_ = std::max(*next_to_report_, highest_ - window() + 1);
  Arrival& entry = At(sequence);
  // A repeat: the first arrival is the one that counts.
  if (entry.sequence == sequence) return;
  entry = {sequence, arrival};
  // A late packet is reported after all: the feedback reaches back to it.
  next_to_report_ = std::min(*next_to_report_, sequence);
  bytes_since_feedback_ += static_cast<int64_t>(size_bytes);
  pending_ = true;
  if (next_deadline_ == Instant::Never()) {
    next_deadline_ = std::max(arrival, last_feedback_ + interval_);
  }
  if (highest_ - *next_to_report_ >= kWindow / 2) next_deadline_ = arrival;
}

// Four times what waits to be reported: what comes late is reported after all.
void TwccGenerator::MakeRoom(int64_t highest) {
  size_t size = std::max(kFirstWindow, arrivals_.size());
  while (size < kWindow && 4 * (highest - *next_to_report_) >= static_cast<int64_t>(size))
    size *= 2;
  if (size == arrivals_.size()) return;
  std::vector<Arrival> larger(size);
  for (const Arrival& arrival : arrivals_) {
    if (arrival.sequence >= 0) {
      larger[static_cast<size_t>(arrival.sequence) & (size - 1)] = arrival;
    }
  }
  arrivals_ = std::move(larger);
}

bool TwccGenerator::OnDeadline(Instant now) {
  if (now < next_deadline_) return false;
  const DataRate rate = DataRate::Of(bytes_since_feedback_, now - last_feedback_);
  interval_ = rate >= kFastRate ? kIntervalMin : kIntervalMax;
  next_deadline_ = Instant::Never();
  last_feedback_ = now;
  bytes_since_feedback_ = 0;
  return pending_;
}

size_t TwccGenerator::Write(uint32_t sender_ssrc, uint32_t media_ssrc, ByteWriter& out) {
  if (!pending_) return 0;
  std::array<wire::TwccArrival, kArrivalsPerFeedback> arrivals;
  const size_t count = Collect(arrivals);
  const size_t taken = wire::WriteTwcc({sender_ssrc, media_ssrc, feedback_count_, *next_to_report_},
                                       std::span(arrivals).first(count), out);
  if (taken == 0) return 0;
  ++feedback_count_;
  next_to_report_ = arrivals[taken - 1].sequence + 1;
  pending_ = *next_to_report_ <= highest_;
  return taken;
}

size_t TwccGenerator::Collect(std::span<wire::TwccArrival> out) {
  size_t count = 0;
  for (int64_t sequence = *next_to_report_; sequence <= highest_ && count < out.size();
       ++sequence) {
    if (At(sequence).sequence == sequence) out[count++] = {sequence, At(sequence).at};
  }
  return count;
}

}  // namespace conclave::media
