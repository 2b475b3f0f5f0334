#include "media/bwe/inter_arrival.h"

#include <algorithm>

namespace conclave::media {
namespace {

constexpr Duration kGroup = Duration::Millis(5);
constexpr Duration kBurstGap = Duration::Millis(5);
constexpr Duration kBurstMax = Duration::Millis(100);
constexpr Duration kClockJump = Duration::Seconds(3);
constexpr int kReorderedMax = 3;

}  // namespace

std::optional<GroupDelta> InterArrival::OnPacket(Instant sent, Instant arrival, Instant now) {
  std::optional<GroupDelta> delta;
  if (!current_) {
    current_ = {sent, sent, arrival, arrival, now};
    return delta;
  }
  if (sent < current_->first_sent) return delta;
  if (NewGroup(sent, arrival)) {
    delta = Compare();
    if (!current_) return delta;
    previous_ = current_;
    current_ = {sent, sent, arrival, arrival, now};
    return delta;
  }
  current_->last_sent = std::max(current_->last_sent, sent);
  current_->last_arrival = arrival;
  current_->seen = now;
  return delta;
}

std::optional<GroupDelta> InterArrival::Compare() {
  if (!previous_) return std::nullopt;
  GroupDelta delta;
  delta.sent = current_->last_sent - previous_->last_sent;
  delta.received = current_->last_arrival - previous_->last_arrival;
  delta.arrival = current_->last_arrival;
  if (delta.received - (current_->seen - previous_->seen) >= kClockJump) {
    Reset();
    return std::nullopt;
  }
  if (delta.received < Duration()) {
    if (++reordered_ >= kReorderedMax) Reset();
    return std::nullopt;
  }
  reordered_ = 0;
  return delta;
}

bool InterArrival::NewGroup(Instant sent, Instant arrival) const {
  return !InBurst(sent, arrival) && sent - current_->first_sent > kGroup;
}

bool InterArrival::InBurst(Instant sent, Instant arrival) const {
  const Duration sent_delta = sent - current_->last_sent;
  if (sent_delta == Duration()) return true;
  const Duration arrival_delta = arrival - current_->last_arrival;
  return arrival_delta < sent_delta && arrival_delta <= kBurstGap &&
         arrival - current_->first_arrival < kBurstMax;
}

void InterArrival::Reset() {
  current_.reset();
  previous_.reset();
  reordered_ = 0;
}

}  // namespace conclave::media
